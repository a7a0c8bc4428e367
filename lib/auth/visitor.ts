import type { TenantScope } from "@/db/scope";
import { AppError } from "@/lib/errors";

/** Whether a person of the workspace acts, not a visitor who looks into it, and not a machine. */
export function isMember({ actor }: TenantScope): boolean {
  return actor.kind === "user" && !actor.impersonatorId;
}

/** Who is shown a secret must be of the workspace: it would outlive the visit. @throws AppError `forbidden` */
export function assertMember(scope: TenantScope): void {
  if (isMember(scope)) return;
  throw new AppError("forbidden", "Only a member of the workspace can be shown this secret.");
}
