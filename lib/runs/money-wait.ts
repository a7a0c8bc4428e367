import "server-only";
import { and, eq, isNotNull, min } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { isId } from "@/lib/ids";
import { formatMicros, microsFromNumeric } from "@/lib/money";
import { describeRefusal } from "@/lib/wallet/refusal";
import { readWallet } from "@/lib/wallet/store";
import { inTree, isWorkedOn } from "./worked-on";

export type MoneyWait = { readonly reason: "credit" | "cap" | "ask"; readonly message: string };

/**
 * The money that a run waits for, or its items, rounds and called runs, for a person: `This needs $0.42 of credit, and $0.10
 * is there.` Null when it waits for none, or while others of its steps are worked on.
 */
export async function moneyWaitOf(scope: TenantScope, executionId: string): Promise<MoneyWait | null> {
  authorize(scope, "run.read");
  if (!isId(executionId)) return null;
  return asTenant(scope, async (tx) => {
    const [wait] = await tx
      .select({ reason: executionSteps.waitReason, needed: min(executionSteps.needed) })
      .from(executionSteps)
      .where(
        and(
          inTree(scope, executionId),
          eq(executionSteps.status, "waiting"),
          isNotNull(executionSteps.waitReason),
        ),
      )
      .groupBy(executionSteps.waitReason)
      .limit(1);
    if (!wait || (await isWorkedOn(tx, scope, executionId))) return null;
    const needed = microsFromNumeric(wait.needed ?? "0");
    if (needed === 0n && wait.reason !== "credit")
      return {
        reason: "cap",
        message: "A spending cap was changed, and the next step is tried again with it.",
      };
    const most = `The next step may cost up to ${formatMicros(needed)}`;
    if (wait.reason === "ask")
      return {
        reason: "ask",
        message: `${most}, and a spending cap is reached. The admins are asked for more.`,
      };
    if (wait.reason === "cap")
      return { reason: "cap", message: `${most}, which is more than is left under a spending cap.` };
    const wallet = await readWallet(tx, scope.tenantId);
    const available = wallet?.availableMicros ?? 0n;
    return { reason: "credit", message: describeRefusal({ reason: "needs_credit", needed, available }) };
  });
}
