import type { Metadata } from "next";
import type { ReactNode } from "react";
import { signOutAction } from "@/app/(auth)/sign-out/actions";
import { markAllNotificationsAction, markNotificationAction } from "@/app/app/notifications/actions";
import { NotificationBell } from "@/components/notifications/bell";
import { PartnerSuspendedBanner } from "@/components/shell/banners";
import { ConsoleShell } from "@/components/shell/console-shell";
import { frameOf } from "@/components/shell/frame-of";
import { requirePartner, requireSession } from "@/lib/auth/scope";
import { hasOutboxPage } from "@/lib/email/outbox";

export const metadata: Metadata = { title: { default: "Partner", template: "%s · Partner · HireBuddha" } };

/** Draws the chrome only: every page and action proves for itself who is asking. */
export default async function PartnerLayout({ children }: { children: ReactNode }) {
  const session = await requireSession();
  const scope = await requirePartner();
  return (
    <ConsoleShell
      frame={frameOf("partner", session, scope, hasOutboxPage())}
      signOut={signOutAction}
      // While one looks into a workspace, its bell is that one's.
      bell={
        session.viewAs ? null : (
          <NotificationBell
            markRead={markNotificationAction}
            markAllRead={markAllNotificationsAction}
            told="What becomes of your payouts is told here."
          />
        )
      }
      banners={
        session.partner?.isSuspended ? (
          <PartnerSuspendedBanner reason={session.partner.suspendedReason} />
        ) : null
      }
    >
      {children}
    </ConsoleShell>
  );
}
