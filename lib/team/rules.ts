import type { UserRole } from "@/db/scope";
import { AppError } from "@/lib/errors";

export type MemberState = { id: string; role: UserRole; isActive: boolean };

/**
 * What speaks against taking a person's admin rights (by role or deactivation), or null.
 * @param admins the active admins of the workspace, as locked by the transaction
 */
export function removalProblem(
  member: MemberState,
  actingUserId: string | null,
  admins: readonly string[],
): AppError | null {
  if (member.role === "partner_admin" || member.role === "app_admin") {
    return new AppError("forbidden", "This person's role is managed outside this workspace.", {
      reason: "role_managed_elsewhere",
    });
  }
  if (member.id === actingUserId) {
    return new AppError("precondition", "You cannot do this to your own account. Ask another admin.", {
      reason: "own_account",
    });
  }
  if (member.role === "tenant_admin" && member.isActive && admins.every((id) => id === member.id)) {
    return new AppError("precondition", "A workspace needs at least one active admin.", {
      reason: "last_admin",
    });
  }
  return null;
}
