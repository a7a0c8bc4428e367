import { capAfter } from "@/lib/api/cap-view";
import { endpoint } from "@/lib/api/endpoint";
import { extendCapOperation } from "@/lib/api/operations/caps";
import { apiRoute } from "@/lib/api/route";
import { extendCap } from "@/lib/wallet/caps/commands";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(extendCapOperation, async ({ scope, params, body }) => {
    await extendCap(scope, { ...params, ...body });
    return capAfter(scope, params.capId);
  }),
);
