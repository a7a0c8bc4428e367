import { afterAll, describe, expect, it, vi } from "vitest";
import { newId } from "@/lib/ids";
import { continueTopup } from "@/lib/payments/commands/continue-topup";
import { pay } from "@/lib/payments/testing";
import { deliver, eventIds, makePayer } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { call, makeKey } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());

// What a program sees is JSON of unknown shape; the assertions say which.
type Seen = Record<string, unknown> & { id: string };

async function ask(method: string, path: string, key: string, json?: unknown, name?: string) {
  const headers: Record<string, string> = name ? { "idempotency-key": name } : {};
  const response = await call(method, path, { key, headers, ...(json ? { json } : {}) });
  return { status: response.status, body: (await response.json()) as Seen, headers: response.headers };
}

describe("buying credit over the API", () => {
  it("is begun once for one key, paid at the address it gives, and there once the money has come", async () => {
    const tenant = await makePayer();
    const key = await makeKey(tenant);
    const begun = await ask("POST", "/topups", key, { amount: "50.00" }, "buy-1");
    expect(begun).toMatchObject({
      status: 201,
      body: {
        kind: "manual",
        status: "pending",
        amount: { amount: "50.000000", currency: "USD" },
        total: { amount: "50.000000", currency: "USD" },
        pay: {
          by: "card",
          url: expect.stringMatching(new RegExp(`/app/billing/top-up\\?pay=${begun.body.id}$`)),
          reference: null,
        },
      },
    });
    const again = await ask("POST", "/topups", key, { amount: "50" }, "buy-1");
    expect([again.status, again.headers.get("idempotency-replayed"), again.body]).toEqual([
      200,
      "true",
      begun.body,
    ]);
    expect((await ask("POST", "/topups", key, { amount: "51" }, "buy-1")).status).toBe(409);
    const topupId = begun.body.id;
    const from = eventIds(double).length;
    // What the page at that address does, in two tabs: the same payment.
    const payment = await continueTopup(tenant.admin, { topupId, methodId: null });
    expect(await continueTopup(tenant.admin, { topupId, methodId: null })).toEqual(payment);
    expect(await pay(payment, "pm_card_visa")).toBe("succeeded");
    expect((await ask("GET", `/topups/${topupId}`, key)).body.status).toBe("pending");
    await deliver(double, eventIds(double, from));
    const paid = { id: topupId, status: "paid", pay: null };
    expect((await ask("GET", `/topups/${topupId}`, key)).body).toMatchObject(paid);
    expect((await ask("GET", "/topups", key)).body).toMatchObject({ data: [paid], nextCursor: null });
    expect((await ask("GET", "/balance", key)).body).toMatchObject({ paid: { amount: "50.000000" } });
    await expect(continueTopup(tenant.admin, { topupId, methodId: null })).rejects.toMatchObject({
      reason: "nothing_due",
    });
  });

  it("is the workspace's own, for those who may, in whole cents", async () => {
    const [tenant, stranger] = [await makePayer(), await makePayer()];
    const key = await makeKey(tenant);
    const { body } = await ask("POST", "/topups", key, { amount: "5" });
    for (const topupId of [body.id, newId()])
      await expect(continueTopup(stranger.admin, { topupId, methodId: null })).rejects.toMatchObject({
        code: "not_found",
      });
    await expect(continueTopup(tenant.member, { topupId: body.id, methodId: null })).rejects.toMatchObject({
      code: "forbidden",
    });
    await expect(continueTopup(tenant.admin, { topupId: body.id, methodId: newId() })).rejects.toMatchObject({
      code: "not_found",
    });
    for (const amount of ["4.99", "50.001", "10001", "-5", "much"])
      expect(await ask("POST", "/topups", key, { amount })).toMatchObject({
        status: 422,
        body: { fields: { amount: [expect.any(String)] } },
      });
    expect((await ask("GET", `/topups/${body.id}`, await makeKey(stranger))).status).toBe(404);
  });
});
