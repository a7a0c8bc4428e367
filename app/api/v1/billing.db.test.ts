import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { PlatformScope } from "@/db/scope";
import { API_SCOPES } from "@/lib/auth/permissions";
import { checkLedger } from "@/lib/billing/run-checks";
import { shiftClock } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { divideRounded, microsToNumeric } from "@/lib/money";
import { makePlan, makePrepaid, payByTransfer, setTime } from "@/lib/subscriptions/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, type TestTenant } from "@/lib/testing/scopes";
import { grantPromo } from "@/lib/wallet/commands/grant";
import { prepaidTenant, use } from "@/lib/wallet/testing";
import { type CallOptions, call, makeKey } from "./testing";

withTestDatabase();

const DOLLAR = 1_000_000n;
// What a program sees is JSON of unknown shape; the assertions say which.
type Seen = Record<string, unknown> & { id: string };

let platform: PlatformScope;
let starter: string;
let team: string;
let tenant: TestTenant;
let key: string;
beforeAll(async () => {
  platform = await makePlatform();
  starter = await makePlan(platform, "Starter", { dollars: 30n, allowance: "20" });
  team = await makePlan(platform, "Team", { dollars: 90n, allowance: "60" });
});
beforeEach(async () => {
  tenant = await makePrepaid();
  key = await makeKey(tenant);
});
afterEach(() => shiftClock(0));

async function ask(method: string, path: string, options: CallOptions, status: number): Promise<Seen> {
  const response = await call(method, path, { key, ...options });
  const body = (await response.json()) as Seen;
  expect([response.status, body]).toEqual([status, body]);
  return { ...body, isReplay: response.headers.get("idempotency-replayed") === "true" };
}
const get = (path: string, status = 200) => ask("GET", path, {}, status);
const post = (path: string, json: unknown, status = 200, name?: string) =>
  ask("POST", path, { json, headers: name ? { "idempotency-key": name } : {} }, status);
const press = (path: string, status = 200, name?: string) =>
  ask("POST", path, name ? { headers: { "idempotency-key": name } } : {}, status);
const usd = (amount: string) => ({ amount, currency: "USD" });

async function begin(): Promise<void> {
  setTime("2026-11-01T00:00:00");
  const started = await post("/subscription/change", { planId: starter, cycle: "monthly", maxTotal: "30" });
  expect(started).toMatchObject({ kind: "start", payment: "transfer" });
  await payByTransfer(platform, String(started.invoiceId));
}

describe("plans and the subscription over the API", () => {
  it("lists what is sold, begins a plan once for one key, and never for more than was agreed", async () => {
    const { data } = await get("/plans");
    expect(data).toContainEqual(
      expect.objectContaining({
        id: starter,
        monthly: usd("30.000000"),
        annual: usd("300.000000"),
        allowance: usd("20.000000"),
      }),
    );
    expect(await get("/subscription")).toMatchObject({ state: "none", plan: null, cycle: null, next: null });
    const wanted = { planId: starter, cycle: "monthly" };
    expect(await post("/subscription/change", { ...wanted, maxTotal: "29.99" }, 409)).toMatchObject({
      reason: "price_changed",
    });
    expect(await get("/subscription")).toMatchObject({ state: "none" });
    const first = await post("/subscription/change", { ...wanted, maxTotal: "30.00" }, 200, "begin-1");
    expect(first).toMatchObject({
      kind: "start",
      payment: "transfer",
      payUrl: expect.stringMatching(new RegExp(`/app/billing/${String(first.invoiceId)}/pay$`)),
      subscription: { state: "incomplete", unpaidInvoice: { id: first.invoiceId } },
      isReplay: false,
    });
    const again = await post("/subscription/change", { ...wanted, maxTotal: "30.00" }, 200, "begin-1");
    expect(again).toEqual({ ...first, isReplay: true });
    const other = { planId: team, cycle: "monthly", maxTotal: "90.00" };
    expect(await post("/subscription/change", other, 409, "begin-1")).toMatchObject({
      reason: "idempotency_key_reused",
    });
    expect((await get("/invoices")).data).toHaveLength(1);
    await payByTransfer(platform, String(first.invoiceId));
    expect(await get("/subscription")).toMatchObject({
      state: "active",
      plan: { id: starter, name: "Starter" },
      fee: usd("30.000000"),
      next: { kind: "renew", planName: "Starter", fee: usd("30.000000") },
      allowance: { amount: usd("20.000000"), remaining: usd("20.000000") },
      unpaidInvoice: null,
    });
  });

  it("previews the very lines of a raise, to the second, and invoices them", async () => {
    await begin();
    setTime("2026-11-16T00:00:00");
    const query = new URLSearchParams({ planId: team, cycle: "monthly" });
    const preview = await get(`/subscription/preview?${query}`);
    // Half of November is left: half of $30 back, half of $90 charged.
    expect(preview).toMatchObject({
      kind: "now",
      lines: [
        { kind: "proration", amount: usd("-15.000000"), serviceStart: preview.at },
        { kind: "proration", amount: usd("45.000000"), serviceStart: preview.at },
      ],
      tax: usd("0.000000"),
      total: usd("30.000000"),
      fee: usd("90.000000"),
      monthlyAllowance: usd("60.000000"),
    });
    const { period } = (await get("/subscription")) as unknown as { period: { start: string; end: string } };
    const [start, end, at] = [period.start, period.end, String(preview.at)].map((text) =>
      BigInt(Date.parse(text) / 1_000),
    ) as [bigint, bigint, bigint];
    expect(preview.addedAllowance).toEqual(
      usd(microsToNumeric(divideRounded(40n * DOLLAR * (end - at), end - start))),
    );
    const { amount } = preview.total as { amount: string };
    const raised = await post("/subscription/change", { planId: team, cycle: "monthly", maxTotal: amount });
    expect(raised).toMatchObject({ kind: "now", subscription: { plan: { id: team } } });
    const invoice = await get(`/invoices/${raised.invoiceId}`);
    expect(invoice).toMatchObject({
      kind: "plan_change",
      total: usd("30.000000"),
      lines: (preview.lines as Seen[]).map(({ kind, description, amount: charged }) => ({
        kind,
        description,
        charged,
      })),
    });
    const newest = await get("/invoices?limit=1");
    expect(newest).toMatchObject({ data: [{ id: invoice.id }], nextCursor: invoice.id });
    const older = await get(`/invoices?limit=1&cursor=${invoice.id}`);
    expect(older).toMatchObject({ data: [{ kind: "subscription" }], nextCursor: null });
  });

  it("notes a lower plan and a cancellation for the end, and takes them back", async () => {
    await begin();
    const lower = await makePlan(platform, "Tiny", { dollars: 9n });
    const query = new URLSearchParams({ planId: lower, cycle: "monthly" });
    const later = { kind: "later", at: expect.stringMatching(/^2026-12-01T00:00:0/) };
    expect(await get(`/subscription/preview?${query}`)).toMatchObject({
      ...later,
      lines: [],
      total: usd("0.000000"),
    });
    const change = { planId: lower, cycle: "monthly", maxTotal: "0" };
    expect(await post("/subscription/change", change)).toMatchObject({
      kind: "later",
      payment: "none",
      invoiceId: null,
      payUrl: null,
      subscription: {
        plan: { name: "Starter" },
        next: { kind: "change", planName: "Tiny", fee: usd("9.000000") },
      },
    });
    expect(await press("/subscription/resume")).toMatchObject({ subscription: { next: { kind: "renew" } } });
    const cancelled = await press("/subscription/cancel", 200, "end-1");
    expect(cancelled).toMatchObject({
      subscription: { state: "active", cancelsAtEnd: true, next: { kind: "end", planName: null } },
      isReplay: false,
    });
    expect(await press("/subscription/cancel", 200, "end-1")).toEqual({ ...cancelled, isReplay: true });
    expect(await press("/subscription/cancel", 412)).toMatchObject({ reason: "plan_fixed" });
    // The name of one operation's call says nothing to another.
    expect(await press("/subscription/resume", 200, "end-1")).toMatchObject({
      subscription: { cancelsAtEnd: false },
      isReplay: false,
    });
    expect((await checkLedger(platform)).filter(({ count }) => count > 0)).toEqual([]);
  });

  it("changes for a key that may not read what it changed, and names the field of what is wrong", async () => {
    await begin();
    const blind = await makeKey(tenant, ["billing:write"]);
    expect(await ask("POST", "/subscription/cancel", { key: blind }, 200)).toMatchObject({
      subscription: null,
    });
    const reader = await makeKey(tenant, ["invoices:read"]);
    expect(await ask("POST", "/subscription/resume", { key: reader }, 403)).toMatchObject({
      detail: expect.stringContaining("billing:write"),
    });
    const good = { planId: starter, cycle: "annual", maxTotal: "300" };
    for (const [field, value] of [
      ["cycle", "weekly"],
      ["maxTotal", "1.234"],
      ["maxTotal", "-1"],
      ["planId", "team"],
      ["tenantId", newId()],
    ] as const)
      expect(await post("/subscription/change", { ...good, [field]: value }, 422)).toMatchObject({
        fields: { [field]: [expect.any(String)] },
      });
    await post("/subscription/change", { ...good, planId: newId() }, 404);
    expect(await get("/subscription/preview?planId=x&cycle=monthly", 422)).toMatchObject({
      fields: { planId: [expect.any(String)] },
    });
  });
});

describe("credit and spend over the API", () => {
  it("says what the balance is made of, and the month from four sides that add up", async () => {
    tenant = await prepaidTenant();
    key = await makeKey(tenant);
    const amount = 20n * DOLLAR;
    const grant = { tenantId: tenant.tenantId, amount, expiresAt: null, reason: "Welcome" };
    await grantPromo(platform, { ...grant, requestKey: newId() });
    const ada = newId();
    await use(tenant.job, [{ cost: 3n * DOLLAR, agentId: ada }, { cost: 2n * DOLLAR }]);
    expect(await get("/balance")).toMatchObject({
      mode: "prepaid",
      available: usd("15.000000"),
      balance: usd("15.000000"),
      promo: usd("15.000000"),
      paid: usd("0.000000"),
      owed: usd("0.000000"),
      lots: [{ source: "promo", amount: usd("20.000000"), remaining: usd("15.000000"), reason: "Welcome" }],
    });
    const spend = await get("/spend");
    expect(spend).toMatchObject({
      total: usd("5.000000"),
      byAgent: [
        { key: ada, cost: usd("3.000000") },
        { key: null, label: "Without an agent", cost: usd("2.000000") },
      ],
      forecast: { perDay: usd("5.000000"), basisDays: 1 },
    });
    const days = spend.byDay as { day: string; cost: { amount: string } }[];
    expect(days.at(-1)).toEqual({ day: spend.to, cost: usd("5.000000") });
    const usage = await get(`/usage?from=${spend.from}&to=${spend.to}&by=agent`);
    expect(usage.total).toEqual(spend.total);
  });
});

describe("caps over the API", () => {
  it("sets, shows, extends and removes one, and names the field of what is wrong", async () => {
    const set = await post("/caps", { scope: "tenant", period: "month", amount: "500.00" });
    expect(set.cap).toMatchObject({ scope: "tenant", amount: usd("500.000000"), spent: usd("0.000000") });
    const changed = await post("/caps", { scope: "tenant", period: "month", amount: "400" });
    expect(changed).toMatchObject({ id: set.id, cap: { amount: usd("400.000000") } });
    expect(await post(`/caps/${set.id}/extend`, { extra: "25.00" })).toMatchObject({
      cap: { extra: usd("25.000000") },
    });
    expect((await get("/caps")).data).toMatchObject([{ id: set.id, amount: usd("400.000000") }]);
    for (const [field, value] of [
      ["amount", "-5"],
      ["amount", "1.0000001"],
      ["period", "run"],
      ["scope", "partner"],
      ["tenantId", newId()],
    ] as const)
      expect(
        await post("/caps", { scope: "tenant", period: "month", amount: "5", [field]: value }, 422),
      ).toMatchObject({ fields: { [field]: [expect.any(String)] } });
    await post("/caps", { scope: "agent", agentId: newId(), period: "day", amount: "5" }, 404);
    const reader = await makeKey(
      tenant,
      API_SCOPES.filter((scope) => scope !== "caps:write"),
    );
    expect((await call("DELETE", `/caps/${set.id}`, { key: reader })).status).toBe(403);
    expect((await call("DELETE", `/caps/${set.id}`, { key })).status).toBe(204);
    expect((await get("/caps")).data).toEqual([]);
  });

  it("says why no more can be allowed for now under a cap of each run, which is there", async () => {
    const { id } = await post("/caps", { scope: "run", period: "run", amount: "1" });
    expect((await get("/caps")).data).toMatchObject([{ id }]);
    expect(await post(`/caps/${id}/extend`, { extra: "1" }, 412)).toMatchObject({ reason: "cap_of_runs" });
    await post(`/caps/${newId()}/extend`, { extra: "1" }, 404);
  });
});
