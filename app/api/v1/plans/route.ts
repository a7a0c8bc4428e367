import { endpoint } from "@/lib/api/endpoint";
import { listPlansOperation } from "@/lib/api/operations/plans";
import { planView } from "@/lib/api/plan-view";
import { apiRoute } from "@/lib/api/route";
import { listOffers } from "@/lib/plans/queries";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(listPlansOperation, async ({ scope }) => ({
    data: (await listOffers(scope)).map((plan) => planView(plan)),
  })),
);
