import "server-only";
import type { TenantScope } from "@/db/scope";
import { denial } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import type { CreateTriggerInput } from "./input";
import type { TriggerConfig } from "./store";

/** Whether its address is all that anybody needs to start runs, at the workspace's cost. */
export function isOpen(settings: TriggerConfig["config"] | CreateTriggerInput["settings"]): boolean {
  if ("requiresSignature" in settings) return !settings.requiresSignature;
  return "access" in settings && settings.access === "public";
}

/**
 * For whoever opens a trigger to the world: makes an open one, opens one that was not, or turns an open one on.
 * @throws AppError `forbidden`
 */
export function authorizeOpening(scope: TenantScope): void {
  const denied = denial(scope, "trigger.expose");
  if (denied?.reason !== "missing_permission") {
    if (denied) throw denied;
    return;
  }
  throw new AppError("forbidden", "Only an admin may let anybody with an address start a workflow.", {
    reason: "missing_permission",
  });
}
