import { balanceView } from "@/lib/api/credit-view";
import { endpoint } from "@/lib/api/endpoint";
import { getBalanceOperation } from "@/lib/api/operations/credit";
import { apiRoute } from "@/lib/api/route";
import { getWallet } from "@/lib/wallet/queries";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(getBalanceOperation, async ({ scope }) => balanceView(await getWallet(scope))),
);
