import { spendView } from "@/lib/api/credit-view";
import { endpoint } from "@/lib/api/endpoint";
import { getSpendOperation } from "@/lib/api/operations/credit";
import { apiRoute } from "@/lib/api/route";
import { currentTime } from "@/lib/clock";
import { monthSpend, spendForecast } from "@/lib/wallet/spend-queries";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(getSpendOperation, async ({ scope }) => {
    const now = currentTime();
    return spendView(await monthSpend(scope, now), await spendForecast(scope, now));
  }),
);
