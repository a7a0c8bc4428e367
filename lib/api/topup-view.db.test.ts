import { afterAll, beforeEach, expect, it, vi } from "vitest";
import { newId } from "@/lib/ids";
import { getStripe } from "@/lib/stripe/client";
import { deliver, eventIds, makePayer } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { orderTopup } from "./topup-view";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
beforeEach(() => double.api.orders.reset());

it("an order that is asked for again is told as it stands, also when its customer at Stripe was deleted since", async () => {
  const tenant = await makePayer();
  const order = { amount: 25_000_000n, requestKey: newId() };
  const first = await orderTopup(tenant.admin, order);
  expect(first).toMatchObject({ topup: { status: "pending", isOpen: true }, isReplay: false });
  const from = eventIds(double).length;
  const [intent] = double.world.paymentIntents.where((one) => one.metadata.topup_id === first.topup.id);
  await (await getStripe()).stripe.customers.del(String(intent?.customer));
  await deliver(double, eventIds(double, from));

  expect(await orderTopup(tenant.admin, order)).toEqual({ topup: first.topup, isReplay: true });
  const changed = orderTopup(tenant.admin, { ...order, amount: 26_000_000n });
  await expect(changed).rejects.toMatchObject({ reason: "request_changed" });
  expect(double.world.paymentIntents.where((one) => one.metadata.tenant_id === tenant.tenantId)).toHaveLength(
    1,
  );
});
