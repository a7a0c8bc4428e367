import { capAfter, capView } from "@/lib/api/cap-view";
import { endpoint } from "@/lib/api/endpoint";
import { listCapsOperation, setCapOperation } from "@/lib/api/operations/caps";
import { apiRoute } from "@/lib/api/route";
import { setCap } from "@/lib/wallet/caps/commands";
import { listCaps } from "@/lib/wallet/caps/queries";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(listCapsOperation, async ({ scope }) => ({ data: (await listCaps(scope)).map(capView) })),
  apiRoute(setCapOperation, async ({ scope, body }) => {
    const { capId } = await setCap(scope, body);
    return capAfter(scope, capId);
  }),
);
