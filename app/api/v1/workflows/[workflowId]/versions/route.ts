import { endpoint } from "@/lib/api/endpoint";
import { listVersionsOperation } from "@/lib/api/operations/versions";
import { apiRoute } from "@/lib/api/route";
import { listVersions } from "@/lib/workflows/version-queries";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(listVersionsOperation, async ({ scope, params, query }) => {
    const { items, nextCursor } = await listVersions(scope, { ...params, ...query });
    return { data: items, nextCursor };
  }),
);
