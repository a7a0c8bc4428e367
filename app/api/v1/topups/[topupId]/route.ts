import { endpoint } from "@/lib/api/endpoint";
import { getTopUpOperation } from "@/lib/api/operations/topups";
import { apiRoute } from "@/lib/api/route";
import { topupView } from "@/lib/api/topup-view";
import { getTopup } from "@/lib/payments/topup-queries";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(getTopUpOperation, async ({ scope, params }) => topupView(await getTopup(scope, params.topupId))),
);
