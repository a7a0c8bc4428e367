import { COMMANDS } from "@/components/shell/commands";
import type { ConsoleKind } from "@/components/shell/navigation";
import type { ShellFrame } from "@/components/shell/shell-frame";
import type { Scope } from "@/db/scope";
import { denial } from "@/lib/auth/authorize";
import type { Session } from "@/lib/auth/session";

/** What the chrome of a console shows to the person of this session; `scope` is null for who may do nothing there yet. */
export function frameOf(
  kind: ConsoleKind,
  session: Session,
  scope: Scope | null,
  hasOutbox: boolean,
): ShellFrame {
  const given = COMMANDS[kind].filter(({ needs }) => scope !== null && denial(scope, needs) === null);
  return {
    kind,
    isAdmin: kind !== "tenant" || session.viewAs !== null || session.role !== "user",
    commands: given.map(({ href }) => href),
    ownerName: ownerOf(kind, session),
    user: { id: session.userId, name: session.fullName, email: session.email },
    consoles: consolesOf(session),
    hasOutbox,
  };
}

function ownerOf(kind: ConsoleKind, session: Session): string {
  if (kind === "admin") return "Platform";
  if (kind === "partner") return session.partner?.name ?? session.tenant.name;
  return session.viewAs?.tenantName ?? session.tenant.name;
}

/** The consoles a session leads to. Everybody has a home workspace. */
function consolesOf(session: Session): ConsoleKind[] {
  return [
    "tenant",
    ...(session.role === "partner_admin" && session.partner ? (["partner"] as const) : []),
    ...(session.role === "app_admin" ? (["admin"] as const) : []),
  ];
}
