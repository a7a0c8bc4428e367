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

/** Draws the chrome only: every page and action proves for itself who is asking. */
export default async function TenantLayout({ children }: { children: ReactNode }) {
  const session = await requireSession();
  const debt = session.isVerified ? await findDebt(await requireTenant()) : null;
  const frame = frameOf("tenant", session, hasOutboxPage());
  return (
    <ConsoleShell
      frame={frame}
      signOut={signOutAction}
      banners={<Banners session={session} debt={debt} canPay={frame.isAdmin} />}
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
  session: { viewAs, tenant },
  debt,
  canPay,
}: {
  session: Session;
  debt: Debt | null;
  canPay: boolean;
}) {
  const status = viewAs?.tenantStatus ?? tenant.status;
  return (
    <>
      {viewAs ? <ViewAsBanner viewAs={viewAs} leave={leaveViewAsAction} /> : null}
      {status === "suspended" ? <SuspendedBanner canPay={canPay && !debt} /> : null}
      {debt ? <DebtBanner debt={debt} isSuspended={status === "suspended"} canPay={canPay} /> : null}
    </>
  );
}
