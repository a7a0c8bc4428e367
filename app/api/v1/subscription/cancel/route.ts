import { endpoint } from "@/lib/api/endpoint";
import { cancelPlanOperation } from "@/lib/api/operations/subscription";
import { subscriptionAfter } from "@/lib/api/plan-view";
import { replayed, requestKeyOf } from "@/lib/api/request-key";
import { apiRoute, Reply } from "@/lib/api/route";
import { cancelPlan } from "@/lib/subscriptions/commands/cancel";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(cancelPlanOperation, async ({ scope, idempotencyKey }) => {
    const requestKey = requestKeyOf(scope, cancelPlanOperation, idempotencyKey);
    const { isReplay } = await cancelPlan(scope, { requestKey });
    return new Reply({ subscription: await subscriptionAfter(scope) }, { headers: replayed(isReplay) });
  }),
);
