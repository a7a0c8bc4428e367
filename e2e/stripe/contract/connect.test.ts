import { expect, it } from "vitest";
import { contract, errorOf } from "./targets";

contract("Connect", (of) => {
  it("opens an account that is not payable before its owner told who they are", async () => {
    const { stripe } = of();
    const account = await stripe.accounts.create({
      country: "US",
      email: "partner@example.com",
      controller: {
        fees: { payer: "application" },
        losses: { payments: "application" },
        stripe_dashboard: { type: "express" },
      },
      capabilities: { transfers: { requested: true } },
      metadata: { partner: "p1" },
    });
    expect(account).toMatchObject({
      details_submitted: false,
      payouts_enabled: false,
      metadata: { partner: "p1" },
    });
    expect(account.requirements?.currently_due).not.toEqual([]);
    const link = await stripe.accountLinks.create({
      account: account.id,
      type: "account_onboarding",
      refresh_url: "https://example.com/again",
      return_url: "https://example.com/back",
    });
    expect(link.url).toMatch(/^https?:\/\//);
    const transfer = stripe.transfers.create({ amount: 100, currency: "usd", destination: account.id });
    expect((await errorOf(transfer)).statusCode).toBe(400);
    expect(await stripe.accounts.del(account.id)).toMatchObject({ deleted: true });
    expect((await errorOf(stripe.accounts.retrieve(account.id))).statusCode).toBe(403);
  });

  it("refuses a transfer to nobody", async () => {
    const { stripe } = of();
    const transfer = stripe.transfers.create({ amount: 100, currency: "usd", destination: "acct_none" });
    expect(await errorOf(transfer)).toMatchObject({ statusCode: 400, code: "resource_missing" });
  });

  it("registers an endpoint for webhooks, and shows its secret once", async () => {
    const { stripe } = of();
    const made = await stripe.webhookEndpoints.create({
      url: "https://example.com/hooks",
      enabled_events: ["payment_intent.succeeded"],
    });
    expect(made.secret).toMatch(/^whsec_/);
    expect((await stripe.webhookEndpoints.retrieve(made.id)).secret).toBeUndefined();
    expect(await stripe.webhookEndpoints.del(made.id)).toMatchObject({ deleted: true });
  });
});
