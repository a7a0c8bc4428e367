import { eq } from "drizzle-orm";
import { afterAll, beforeEach, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import { endedCollections } from "@/lib/reconcile/ended-collections";
import { hashToken, newSecretToken } from "@/lib/secrets/tokens";
import { getStripe } from "@/lib/stripe/client";
import { deliver, eventIds, makePayer } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform } from "@/lib/testing/scopes";
import { payClick } from "../bill-testing";
import { collectHere } from "../commands/collect-invoice";
import { payHosted } from "../commands/pay-hosted";
import { payInvoice } from "../commands/pay-invoice";
import { payHostedInput } from "../input";
import {
  adminCollection,
  findHostedStripePage,
  findStripePage,
  isHostedAtStripe,
  isPaidAtStripe,
} from "./queries";
import { collectionState, makeBill, makeCollected, payAtStripe } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
beforeEach(() => double.api.orders.reset());

it("lead to Stripe's page as it is named now, of the workspace's own invoices, to whoever may pay", async () => {
  const { tenant, invoiceId, stripeId } = await makeCollected();
  const stranger = await makePayer();
  const page = { url: `${double.origin}/invoices/${stripeId}` };
  expect(await isPaidAtStripe(tenant.admin, invoiceId)).toBe(true);
  expect(await isPaidAtStripe(stranger.admin, invoiceId)).toBe(false);
  expect(await findStripePage(tenant.admin, invoiceId)).toEqual(page);
  expect(await findStripePage(stranger.admin, invoiceId)).toBeNull();
  await expect(findStripePage(tenant.member, invoiceId)).rejects.toMatchObject({ code: "forbidden" });
  const invoice = double.world.invoices.get(stripeId);
  invoice.hosted_invoice_url = `${double.origin}/invoices/${stripeId}?s=new`;
  expect(await findStripePage(tenant.admin, invoiceId)).toEqual({ url: `${page.url}?s=new` });
  invoice.hosted_invoice_url = "https://invoice.example.org/i/1";
  expect(await findStripePage(tenant.admin, invoiceId)).toEqual(page);
  double.api.orders.add({ call: "GET /v1/invoices/*", do: "cut_before" });
  expect(await findStripePage(tenant.admin, invoiceId)).toEqual(page);
});

it("by the secret address of an invoice too, which takes no card meanwhile", async () => {
  const { invoiceId, stripeId } = await makeCollected();
  const token = newSecretToken();
  await asSystem("test", (tx) =>
    tx
      .update(invoices)
      .set({ hostedTokenHash: hashToken(token) })
      .where(eq(invoices.id, invoiceId)),
  );
  expect(await isHostedAtStripe(token)).toBe(true);
  expect(await findHostedStripePage(token)).toEqual({ url: `${double.origin}/invoices/${stripeId}` });
  const press = payHostedInput.parse({ token, requestKey: crypto.randomUUID() });
  await expect(payHosted({ requestId: "hosted", ip: "192.0.2.7" }, press)).rejects.toMatchObject({
    reason: "collected_at_stripe",
  });
  await expect(findHostedStripePage(newSecretToken())).rejects.toMatchObject({ code: "not_found" });
});

it("offer an admin to collect what is owed and nobody is paying, and to take back what is out", async () => {
  const platform = await makePlatform();
  const { tenant, invoiceId } = await makeBill();
  expect(await adminCollection(platform, invoiceId)).toEqual({ collection: null, canCollect: true });
  await payInvoice(tenant.admin, payClick(invoiceId));
  expect(await adminCollection(platform, invoiceId)).toEqual({ collection: null, canCollect: false });
  const from = eventIds(double).length;
  const out = await makeCollected();
  expect(await adminCollection(platform, out.invoiceId)).toMatchObject({
    canCollect: false,
    collection: { stripeId: out.stripeId, failure: null },
  });
  await payAtStripe(double, out.stripeId, "4000000000000002");
  await deliver(double, eventIds(double, from));
  expect((await adminCollection(platform, out.invoiceId)).collection?.failure).toBe(
    "Your card was declined.",
  );
});

it("an invoice whose marks somebody took off at Stripe is no less ours: nothing of it is given up unseen", async () => {
  const { invoiceId, stripeId } = await makeCollected();
  const { metadata } = double.world.invoices.get(stripeId);
  double.world.invoices.get(stripeId).metadata = {};
  await payAtStripe(double, stripeId);
  const { stripe } = await getStripe();
  const later = new Date(Date.now() + 3_600_000).toISOString();
  const found = async () =>
    (await endedCollections(stripe, later)).filter(({ detail }) => detail.invoice === invoiceId);
  expect(await found()).toMatchObject([{ subject: expect.stringMatching(/is not marked as ours there$/) }]);
  expect((await found())[0]?.fix).toBeUndefined();
  const platform = await makePlatform();
  await expect(collectHere(platform, { invoiceId })).rejects.toMatchObject({ reason: "unmarked" });
  expect(await collectionState(invoiceId)).toMatchObject({ payment: "stripe_invoice pending", stripeId });
  double.world.invoices.get(stripeId).metadata = metadata;
  await collectHere(platform, { invoiceId });
  expect(await collectionState(invoiceId)).toMatchObject({ status: "paid" });
});
