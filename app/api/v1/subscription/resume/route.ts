import { endpoint } from "@/lib/api/endpoint";
import { resumePlanOperation } from "@/lib/api/operations/subscription";
import { subscriptionAfter } from "@/lib/api/plan-view";
import { replayed, requestKeyOf } from "@/lib/api/request-key";
import { apiRoute, Reply } from "@/lib/api/route";
import { resumePlan } from "@/lib/subscriptions/commands/cancel";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(resumePlanOperation, async ({ scope, idempotencyKey }) => {
    const requestKey = requestKeyOf(scope, resumePlanOperation, idempotencyKey);
    const { isReplay } = await resumePlan(scope, { requestKey });
    return new Reply({ subscription: await subscriptionAfter(scope) }, { headers: replayed(isReplay) });
  }),
);
