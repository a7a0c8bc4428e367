import { endpoint } from "@/lib/api/endpoint";
import { getSubscriptionOperation } from "@/lib/api/operations/subscription";
import { subscriptionView } from "@/lib/api/plan-view";
import { apiRoute } from "@/lib/api/route";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(getSubscriptionOperation, ({ scope }) => subscriptionView(scope)),
);
