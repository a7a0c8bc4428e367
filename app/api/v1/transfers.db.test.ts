import { expect, it } from "vitest";
import { recordTransfer } from "@/lib/payments/commands/transfer";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant } from "@/lib/testing/scopes";
import { call, makeKey } from "./testing";

withTestDatabase();

it("credit is ordered by bank transfer where cards are not accepted: once for one key, there when the money has come", async () => {
  const key = await makeKey(await makeTenant());
  const order = async (amount: string) => {
    const headers = { "idempotency-key": "order-1" };
    const response = await call("POST", "/topups", { key, json: { amount }, headers });
    return { status: response.status, body: await response.json() };
  };
  const first = await order("25");
  const { id, pay } = first.body;
  expect(first).toMatchObject({
    status: 201,
    body: {
      status: "pending",
      amount: { amount: "25.000000" },
      pay: { by: "bank_transfer", reference: expect.stringMatching(/^CR-[0-9A-F]{10}$/) },
    },
  });
  expect(await order("25.00")).toEqual({ status: 200, body: first.body });
  expect((await order("26")).status).toBe(409);
  await recordTransfer(await makePlatform(), {
    topupId: id,
    method: "bank_transfer",
    reference: pay.reference,
  });
  expect(await (await call("GET", "/topups", { key })).json()).toMatchObject({
    data: [{ id, status: "paid", pay: null }],
  });
});
