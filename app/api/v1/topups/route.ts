import { endpoint } from "@/lib/api/endpoint";
import { createTopUpOperation, listTopUpsOperation } from "@/lib/api/operations/topups";
import { replayed, requestKeyOf } from "@/lib/api/request-key";
import { apiRoute, Reply } from "@/lib/api/route";
import { orderTopup, topupView } from "@/lib/api/topup-view";
import { listTopups } from "@/lib/payments/topup-queries";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(listTopUpsOperation, async ({ scope, query }) => {
    const { items, nextCursor } = await listTopups(scope, query);
    return { data: items.map(topupView), nextCursor };
  }),
  apiRoute(createTopUpOperation, async ({ scope, body, idempotencyKey }) => {
    const requestKey = requestKeyOf(scope, createTopUpOperation, idempotencyKey);
    const { topup, isReplay } = await orderTopup(scope, { ...body, requestKey });
    return new Reply(topupView(topup), { status: isReplay ? 200 : 201, headers: replayed(isReplay) });
  }),
);
