import { endpoint } from "@/lib/api/endpoint";
import { removeCapOperation } from "@/lib/api/operations/caps";
import { apiRoute } from "@/lib/api/route";
import { removeCap } from "@/lib/wallet/caps/commands";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(removeCapOperation, async ({ scope, params }) => {
    await removeCap(scope, params);
    return undefined;
  }),
);
