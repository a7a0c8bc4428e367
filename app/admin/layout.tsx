import type { Metadata } from "next";
import type { ReactNode } from "react";
import { signOutAction } from "@/app/(auth)/sign-out/actions";
import { ConsoleShell } from "@/components/shell/console-shell";
import { frameOf } from "@/components/shell/frame-of";
import { requirePlatform, requireSession } from "@/lib/auth/scope";
import { hasOutboxPage } from "@/lib/email/outbox";

export const metadata: Metadata = { title: { default: "Admin", template: "%s · Admin · HireBuddha" } };

/** Draws the chrome only: every page and action proves for itself who is asking. */
export default async function AdminLayout({ children }: { children: ReactNode }) {
  const session = await requireSession();
  const scope = await requirePlatform();
  return (
    <ConsoleShell frame={frameOf("admin", session, scope, hasOutboxPage())} signOut={signOutAction}>
      {children}
    </ConsoleShell>
  );
}
