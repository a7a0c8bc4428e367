import { eq } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { auditLog } from "@/db/schema/system";
import { newId } from "@/lib/ids";
import { getStripe } from "@/lib/stripe/client";
import { customerOf, deliver, eventIds, makePayer } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { removeMethod, setDefaultMethod, startSetup } from "./commands/methods";
import { keepMethod } from "./events/methods";
import { listMethods } from "./queries";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
beforeEach(() => double.api.orders.reset());

const start = (tenant: TestTenant, requestKey = newId()) => startSetup(tenant.admin, { requestKey });

/** Somebody fills in the card form and sends it, as a browser does. */
async function fillIn(clientSecret: string, payment_method: string): Promise<void> {
  const { stripe } = await getStripe();
  const [id = ""] = clientSecret.split("_secret");
  await stripe.setupIntents.confirm(id, { payment_method, return_url: "http://localhost/back" });
}

async function save(tenant: TestTenant, card = "pm_card_visa"): Promise<string[]> {
  const from = eventIds(double).length;
  await fillIn((await start(tenant)).clientSecret, card);
  return eventIds(double, from);
}

const shown = async (tenant: TestTenant) =>
  (await listMethods(tenant.admin)).map(
    ({ brand, last4, isDefault }) => `${brand} ${last4}${isDefault ? " *" : ""}`,
  );

describe("cards of a workspace", () => {
  it("begins with one customer at Stripe, however many click", async () => {
    const tenant = await makePayer();
    const keys = [newId(), newId(), newId()];
    const forms = await Promise.allSettled([...keys, ...keys].map((key) => start(tenant, key)));
    const again = await Promise.all(keys.map((key) => start(tenant, key)));
    expect(forms.some(({ status }) => status === "fulfilled")).toBe(true);
    expect(new Set(again.map(({ clientSecret }) => clientSecret)).size).toBe(3);
    const ours = double.world.customers.where((one) => one.metadata.tenant_id === tenant.tenantId);
    expect(ours.map(({ id }) => id)).toEqual([await customerOf(tenant)]);
  });

  it("are shown once Stripe says so; the first is the one that is charged", async () => {
    const tenant = await makePayer();
    const first = await save(tenant);
    expect(await shown(tenant)).toEqual([]);
    await deliver(double, first);
    await deliver(double, await save(tenant, "pm_card_mastercard"));
    expect(await shown(tenant)).toEqual(["visa 4242 *", "mastercard 4444"]);
    const [entry] = await asSystem("test", (tx) =>
      tx.select().from(auditLog).where(eq(auditLog.tenantId, tenant.tenantId)).limit(10),
    );
    expect(entry).toBeDefined();
  });

  it("end the same in whatever order their events come, and however often", async () => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), async (numbers) => {
        const tenant = await makePayer();
        const { stripe } = await getStripe();
        const from = eventIds(double).length;
        await fillIn((await start(tenant)).clientSecret, "pm_card_visa");
        await fillIn((await start(tenant)).clientSecret, "pm_card_amex");
        const customer = (await customerOf(tenant)) ?? "";
        const [newest, oldest] = (await stripe.customers.listPaymentMethods(customer)).data;
        await stripe.customers.update(customer, {
          invoice_settings: { default_payment_method: newest?.id ?? "" },
        });
        await stripe.paymentMethods.detach(oldest?.id ?? "");
        const ids = eventIds(double, from);
        const order = [...ids, ...ids]
          .map((id) => ({ id, at: numbers.next().value ?? 0 }))
          .sort((a, b) => a.at - b.at)
          .map(({ id }) => id);
        await deliver(double, order);
        await deliver(double, ids);
        expect(await shown(tenant)).toEqual(["amex 0005 *"]);
      }),
      { numRuns: 8 },
    );
  });

  it("are chosen and removed, at Stripe and here", async () => {
    const tenant = await makePayer();
    await deliver(double, await save(tenant));
    await deliver(double, await save(tenant, "pm_card_mastercard"));
    const other = (await listMethods(tenant.admin)).find(({ isDefault }) => !isDefault);
    const choice = { methodId: other?.id ?? "", requestKey: newId() };
    await setDefaultMethod(tenant.admin, choice);
    await setDefaultMethod(tenant.admin, choice);
    expect(await shown(tenant)).toEqual(["mastercard 4444 *", "visa 4242"]);
    const { stripe } = await getStripe();
    const customer = (await customerOf(tenant)) ?? "";
    expect(await stripe.customers.retrieve(customer)).toMatchObject({
      invoice_settings: { default_payment_method: expect.stringMatching(/^pm_/) },
    });
    double.api.orders.add({ call: "POST /v1/payment_methods/*/detach", do: "cut_after" });
    const removal = { methodId: other?.id ?? "" };
    await expect(removeMethod(tenant.admin, removal)).rejects.toMatchObject({ code: "upstream" });
    await removeMethod(tenant.admin, removal);
    await expect(removeMethod(tenant.admin, removal)).rejects.toMatchObject({ code: "not_found" });
    expect(await shown(tenant)).toEqual(["visa 4242"]);
    expect((await stripe.customers.listPaymentMethods(customer)).data).toHaveLength(1);
  });

  it("go with a customer who is deleted at Stripe; the next card makes a new one", async () => {
    const tenant = await makePayer();
    await deliver(double, await save(tenant));
    const customer = (await customerOf(tenant)) ?? "";
    const from = eventIds(double).length;
    await (await getStripe()).stripe.customers.del(customer);
    await deliver(double, eventIds(double, from));
    expect(await shown(tenant)).toEqual([]);
    await deliver(double, await save(tenant, "pm_card_amex"));
    expect(await shown(tenant)).toEqual(["amex 0005 *"]);
    expect(await customerOf(tenant)).not.toBe(customer);
  });

  it("are nobody else's, and an admin's to manage", async () => {
    const [tenant, stranger] = [await makePayer(), await makePayer()];
    await deliver(double, await save(tenant));
    const [card] = await listMethods(tenant.admin);
    const methodId = card?.id ?? "";
    await expect(removeMethod(stranger.admin, { methodId })).rejects.toMatchObject({ code: "not_found" });
    await expect(setDefaultMethod(stranger.admin, { methodId, requestKey: newId() })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(startSetup(tenant.member, { requestKey: newId() })).rejects.toMatchObject({
      code: "forbidden",
    });
    await expect(removeMethod(tenant.member, { methodId })).rejects.toMatchObject({ code: "forbidden" });
    const without = await makeTenant();
    await expect(start(without)).rejects.toMatchObject({ reason: "no_subscription" });
    expect(await shown(tenant)).toEqual(["visa 4242 *"]);
  });

  it("that were taken away stay away, whoever looked before and comes after", async () => {
    const tenant = await makePayer();
    await deliver(double, await save(tenant));
    const [card] = await listMethods(tenant.admin);
    const { stripe } = await getStripe();
    const customer = await stripe.customers.retrieve((await customerOf(tenant)) ?? "");
    const [before] = double.world.paymentMethods.where((one) => one.customer === customer.id);
    const method = await stripe.paymentMethods.retrieve(before?.id ?? "");
    await removeMethod(tenant.admin, { methodId: card?.id ?? "" });
    const { outcome } = await asSystem("test", (tx) => keepMethod(tx, { method, customer }));
    expect(outcome).toBe("ignored");
    expect(await shown(tenant)).toEqual([]);
    await deliver(double, await save(tenant, "pm_card_mastercard"));
    expect(await shown(tenant)).toEqual(["mastercard 4444 *"]);
  });
});
