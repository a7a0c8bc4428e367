import { endpoint } from "@/lib/api/endpoint";
import { summaryView } from "@/lib/api/execution-view";
import { listStepPartsOperation } from "@/lib/api/operations/step-parts";
import { apiRoute } from "@/lib/api/route";
import { listPartsOfStep } from "@/lib/runs/part-queries";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(listStepPartsOperation, async ({ scope, params, query }) => {
    const { items, nextCursor } = await listPartsOfStep(scope, { ...params, ...query });
    return { data: items.map((part) => ({ ...summaryView(part), index: part.itemIndex })), nextCursor };
  }),
);
