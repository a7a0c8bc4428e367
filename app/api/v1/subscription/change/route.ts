import { endpoint } from "@/lib/api/endpoint";
import { changePlanOperation } from "@/lib/api/operations/subscription";
import { changedPlanView } from "@/lib/api/plan-view";
import { replayed, requestKeyOf } from "@/lib/api/request-key";
import { apiRoute, Reply } from "@/lib/api/route";
import { changePlan } from "@/lib/subscriptions/commands/change";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(changePlanOperation, async ({ scope, body, idempotencyKey }) => {
    const { maxTotal, ...choice } = body;
    const requestKey = requestKeyOf(scope, changePlanOperation, idempotencyKey);
    const changed = await changePlan(scope, { ...choice, requestKey, shownCents: maxTotal });
    return new Reply(await changedPlanView(scope, changed), { headers: replayed(changed.isReplay) });
  }),
);
