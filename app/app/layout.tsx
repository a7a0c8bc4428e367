import type { ReactNode } from "react";
import { signOutAction } from "@/app/(auth)/sign-out/actions";
import { leaveViewAsAction } from "@/app/app/actions";
import { markAllNotificationsAction, markNotificationAction } from "@/app/app/notifications/actions";
import { NotificationBell } from "@/components/notifications/bell";
import { DebtBanner, SuspendedBanner, ViewAsBanner } from "@/components/shell/banners";
import { ConsoleShell } from "@/components/shell/console-shell";
import { frameOf } from "@/components/shell/frame-of";
import { requireSession, requireTenant } from "@/lib/auth/scope";
import type { Session } from "@/lib/auth/session";
import { type Debt, findDebt } from "@/lib/dunning/queries";
import { hasOutboxPage } from "@/lib/email/outbox";
import { findSuspension, type Suspension } from "@/lib/tenants/suspension";

/** Draws the chrome only: every page and action proves for itself who is asking. */
export default async function TenantLayout({ children }: { children: ReactNode }) {
  const session = await requireSession();
  const scope = session.isVerified ? await requireTenant() : null;
  const debt = scope && (await findDebt(scope));
  const isSuspended = (session.viewAs?.tenantStatus ?? session.tenant.status) === "suspended";
  const suspension = scope && isSuspended ? await findSuspension(scope) : null;
  const frame = frameOf("tenant", session, scope, hasOutboxPage());
  return (
    <ConsoleShell
      frame={frame}
      signOut={signOutAction}
      banners={<Banners viewAs={session.viewAs} suspension={suspension} debt={debt} canPay={frame.isAdmin} />}
      bell={
        <NotificationBell
          markRead={markNotificationAction}
          markAllRead={markAllNotificationsAction}
          told="Failed runs and questions of your workflows are told here."
        />
      }
    >
      {children}
    </ConsoleShell>
  );
}

function Banners({
  viewAs,
  suspension,
  debt,
  canPay,
}: {
  viewAs: Session["viewAs"];
  suspension: Suspension | null;
  debt: Debt | null;
  canPay: boolean;
}) {
  return (
    <>
      {viewAs ? <ViewAsBanner viewAs={viewAs} leave={leaveViewAsAction} /> : null}
      {suspension ? <SuspendedBanner suspension={suspension} canPay={canPay && !debt} /> : null}
      {debt ? <DebtBanner debt={debt} isSuspended={suspension !== null} canPay={canPay} /> : null}
    </>
  );
}
