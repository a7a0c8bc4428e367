import { endpoint } from "@/lib/api/endpoint";
import { stepDetailView } from "@/lib/api/execution-view";
import { getStepOperation } from "@/lib/api/operations/executions";
import { apiRoute } from "@/lib/api/route";
import { getStep } from "@/lib/runs/step-queries";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(getStepOperation, async ({ scope, params, query }) =>
    stepDetailView(await getStep(scope, { ...params, iteration: query.iteration })),
  ),
);
