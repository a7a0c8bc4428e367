import { endpoint } from "@/lib/api/endpoint";
import { diffVersionsOperation } from "@/lib/api/operations/versions";
import { apiRoute } from "@/lib/api/route";
import { versionDiffView } from "@/lib/api/version-view";
import { getVersionDiff } from "@/lib/workflows/diff-queries";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(diffVersionsOperation, async ({ scope, params, query }) =>
    versionDiffView(await getVersionDiff(scope, { ...params, ...query })),
  ),
);
