import type { ReactNode } from "react";
import { signOutAction } from "@/app/(auth)/sign-out/actions";
import { leaveViewAsAction } from "@/app/app/actions";
import { markAllNotificationsAction, markNotificationAction } from "@/app/app/notifications/actions";
import { NotificationBell } from "@/components/notifications/bell";
import { SuspendedBanner, ViewAsBanner } from "@/components/shell/banners";
import { ConsoleShell } from "@/components/shell/console-shell";
import { frameOf } from "@/components/shell/frame-of";
import { requireSession } from "@/lib/auth/scope";
import type { Session } from "@/lib/auth/session";
import { hasOutboxPage } from "@/lib/email/outbox";

/** Draws the chrome only: every page and action proves for itself who is asking. */
export default async function TenantLayout({ children }: { children: ReactNode }) {
  const session = await requireSession();
  const frame = frameOf("tenant", session, hasOutboxPage());
  return (
    <ConsoleShell
      frame={frame}
      signOut={signOutAction}
      banners={<Banners session={session} canPay={frame.isAdmin} />}
      bell={<NotificationBell markRead={markNotificationAction} markAllRead={markAllNotificationsAction} />}
    >
      {children}
    </ConsoleShell>
  );
}

function Banners({ session: { viewAs, tenant }, canPay }: { session: Session; canPay: boolean }) {
  const status = viewAs?.tenantStatus ?? tenant.status;
  return (
    <>
      {viewAs ? (
        <ViewAsBanner
          tenantName={viewAs.tenantName}
          reason={viewAs.reason}
          isWritable={viewAs.isWritable}
          expiresAt={viewAs.expiresAt}
          leave={leaveViewAsAction}
          leaveHref="/admin/tenants"
        />
      ) : null}
      {status === "suspended" ? <SuspendedBanner canPay={canPay} /> : null}
    </>
  );
}
