import "server-only";
import type { TenantScope } from "@/db/scope";
import { denial } from "@/lib/auth/authorize";
import { type CapView, listCaps } from "@/lib/wallet/caps/queries";
import type { CapOut } from "./operations/caps";

/** A cap with how far it is used. */
export function capView(cap: CapView): CapOut {
  return {
    ...cap,
    scope: cap.scope as CapOut["scope"],
    period: cap.period as CapOut["period"],
    onReach: cap.onReach as CapOut["onReach"],
    amount: String(cap.amount),
    spent: String(cap.spent),
    held: String(cap.held),
    extra: String(cap.extra),
  };
}

/** A cap as a change has left it; null for a key that may set caps but not read them. */
export async function capAfter(
  scope: TenantScope,
  capId: string,
): Promise<{ id: string; cap: CapOut | null }> {
  const found = denial(scope, "billing.read")
    ? undefined
    : (await listCaps(scope)).find(({ id }) => id === capId);
  return { id: capId, cap: found ? capView(found) : null };
}
