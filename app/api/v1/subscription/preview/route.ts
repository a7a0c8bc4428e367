import { endpoint } from "@/lib/api/endpoint";
import { previewChangeOperation } from "@/lib/api/operations/subscription";
import { previewView } from "@/lib/api/plan-view";
import { apiRoute } from "@/lib/api/route";
import { previewChange } from "@/lib/subscriptions/queries";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(previewChangeOperation, async ({ scope, query }) =>
    previewView(await previewChange(scope, query)),
  ),
);
