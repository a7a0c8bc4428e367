import { endpoint } from "@/lib/api/endpoint";
import { getUsageOperation } from "@/lib/api/operations/usage";
import { apiRoute } from "@/lib/api/route";
import { usageView } from "@/lib/api/usage-view";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(getUsageOperation, ({ scope, query }) => usageView(scope, query)),
);
