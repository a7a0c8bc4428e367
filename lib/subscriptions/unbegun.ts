import "server-only";
import { asSystem } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { endPlan } from "./renew";
import { lockPlan } from "./store";
import { openFirst, takingBack, withdrawFirst } from "./withdraw";

/**
 * Ends a plan that never began, where this is its unpaid first invoice: that is void, here and at Stripe, so that nobody
 * pays for nothing.
 * @returns `begun` where the invoice asks for something else; `under_way` while its payment is
 * @throws AppError `upstream`
 */
export async function endUnbegun(
  scope: TenantScope,
  invoiceId: string,
  now: Date,
): Promise<"ended" | "begun" | "under_way"> {
  authorize(scope, "billing.charge");
  const end = () =>
    asSystem("end-plan", async (tx) => {
      const sub = await lockPlan(tx, scope.tenantId);
      if (sub?.status !== "incomplete" || !(await openFirst(tx, sub)).includes(invoiceId)) return "begun";
      await withdrawFirst(tx, scope, sub, now);
      const reason = "Its first fee was not paid.";
      await endPlan(tx, scope, sub, { at: now, key: `end:${invoiceId}`, reason });
      return "ended";
    });
  try {
    return await takingBack(scope, end);
  } catch (error) {
    if (error instanceof AppError && error.reason === "payment_under_way") return "under_way";
    throw error;
  }
}
