import { drizzle } from "drizzle-orm/node-postgres";
import { beforeAll, describe, expect, it } from "vitest";
import { asPlatform, asWorker } from "@/db/access";
import { database } from "@/db/pool";
import { systemRates } from "@/db/schema/billing";
import { plans, subscriptions } from "@/db/schema/plans";
import type { PlatformScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import { recordUsage } from "@/lib/metering/record";
import { countQuantity, type ResourceType } from "@/lib/metering/resources";
import { addSmallModel, SMALL_MODEL } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { type Closer, closeTenant } from "./close";
import { closeDue, closePeriod } from "./commands/close";
import { linkUsage, openDraft, openSince, openUsage } from "./draft";
import { finalizeInvoice } from "./finalize";
import { monthOf } from "./period";
import { getInvoice, listInvoices } from "./queries";
import { checkLedger } from "./run-checks";

withTestDatabase();

let platform: PlatformScope;
let closer: Closer;
const utc = (text: string) => new Date(`${text}Z`);
const OCTOBER = monthOf(utc("2026-10-15T00:00:00"));
const NOW = utc("2026-11-03T00:00:00");

/** Some nodes, at a dollar each. */
async function use({ job }: TestTenant, nodes: number, at: Date): Promise<void> {
  const item = {
    resourceType: "workflow_node",
    modelKey: null,
    quantityMicros: countQuantity(nodes),
    idempotencyKey: newId(),
  } as const;
  await asWorker(job, (tx) => recordUsage(tx, job, { occurredAt: at, items: [item] }));
}

const query = async (text: string, values: unknown[] = []) =>
  (await (await database()).pool.query(text, values)).rows;

async function broken(): Promise<string[]> {
  const checks = await checkLedger(platform);
  return checks.filter((check) => check.count > 0).flatMap((check) => [check.id, ...check.subjects]);
}

beforeAll(async () => {
  platform = await makePlatform();
  closer = { by: platform, open: (work, options) => asPlatform(platform, work, options) };
  await drizzle((await database()).pool)
    .insert(systemRates)
    .values({ resourceType: "workflow_node", unit: "node", rate: "1.000000", effectiveFrom: new Date(0) });
});

describe("closing a period", () => {
  it("counts what is tied and nothing else: a row that comes between is left to the next invoice", async () => {
    const tenant = await makeTenant();
    await use(tenant, 3, utc("2026-10-15T00:00:00"));
    const invoiceId = await closer.open(async (tx) => {
      const { id } = await openDraft(tx, tenant.tenantId, OCTOBER);
      const after = await openSince(tx, tenant.tenantId);
      const { groups, upTo } = await openUsage(tx, tenant.tenantId, OCTOBER, after);
      await linkUsage(tx, { id, tenantId: tenant.tenantId, period: OCTOBER }, { groups, after, upTo });
      return id;
    });
    await use(tenant, 4, utc("2026-10-16T00:00:00"));
    await closer.open((tx) => finalizeInvoice(tx, platform, invoiceId, NOW));
    expect((await getInvoice(tenant.admin, invoiceId)).totalAmount).toBe("3.000000");
    expect(await broken()).toEqual([]);
    const [next] = await closePeriod(
      platform,
      { month: "2026-11", tenantId: tenant.tenantId },
      utc("2026-12-02T00:00:00"),
    );
    const late = await getInvoice(tenant.admin, next?.invoiceId ?? "");
    expect(late).toMatchObject({ totalAmount: "4.000000", lines: [{ serviceStart: OCTOBER.start }] });
  });

  it("calls the models of its lines by their names as they were then", async () => {
    const tenant = await makeTenant();
    await addSmallModel({ input: "1.000000", output: "2.000000" });
    const item = { quantityMicros: countQuantity(1) };
    const used = (resourceType: ResourceType) => ({
      ...item,
      resourceType,
      modelKey: SMALL_MODEL,
      idempotencyKey: newId(),
    });
    await asWorker(tenant.job, (tx) =>
      recordUsage(tx, tenant.job, {
        occurredAt: utc("2026-10-15T00:00:00"),
        items: [used("text_tokens_input"), used("text_tokens_output")],
      }),
    );
    const closed = await closeTenant(closer, tenant.tenantId, OCTOBER, NOW);
    const lines = async () =>
      (await getInvoice(tenant.admin, closed.invoiceId ?? "")).lines.map(({ description }) => description);
    const named = ["Input tokens · Small", "Output tokens · Small"];
    expect(await lines()).toEqual(named);
    // What was issued stays as it was issued.
    await query("update ai_models set model_name = 'Smaller' where model_key = $1", [SMALL_MODEL]);
    expect(await lines()).toEqual(named);
  });

  it("goes on where somebody stopped, while usage keeps coming, and ties each row once", async () => {
    const tenant = await makeTenant();
    for (let n = 0; n < 12; n += 1) await use(tenant, 1, utc("2026-10-15T00:00:00"));
    // The first four rows in one transaction: then the process is gone.
    await closer.open(async (tx) => {
      const { id } = await openDraft(tx, tenant.tenantId, OCTOBER);
      const after = await openSince(tx, tenant.tenantId);
      const { groups, upTo } = await openUsage(tx, tenant.tenantId, OCTOBER, after, 4);
      await linkUsage(tx, { id, tenantId: tenant.tenantId, period: OCTOBER }, { groups, after, upTo });
    });
    expect((await listInvoices(tenant.admin, {})).items).toEqual([]);
    const [closed] = await Promise.all([
      closeTenant(closer, tenant.tenantId, OCTOBER, NOW),
      closeTenant(closer, tenant.tenantId, OCTOBER, NOW),
      ...Array.from({ length: 5 }, () => use(tenant, 1, utc("2026-10-20T00:00:00"))),
    ]);
    const { totalAmount } = await getInvoice(tenant.admin, closed.invoiceId ?? "");
    const [tied] = await query(
      "select count(*)::int as rows from invoice_entry_links where invoice_id = $1",
      [closed.invoiceId],
    );
    expect(totalAmount).toBe(`${tied.rows}.000000`);
    expect(tied.rows).toBeGreaterThanOrEqual(12);
    expect(await broken()).toEqual([]);
  });

  it("numbers without a gap while eight finalize at once and three in ten roll back", async () => {
    const tenants = await Promise.all(Array.from({ length: 8 }, () => makeTenant()));
    const drafts = tenants.flatMap((tenant) => Array.from({ length: 10 }, (_, n) => ({ tenant, n })));
    for (const { tenant, n } of drafts) await use(tenant, 1, new Date(Date.UTC(2025, n, 15)));
    let rolledBack = 0;
    const finalizeOf = async (tenant: TestTenant, n: number) => {
      const period = monthOf(new Date(Date.UTC(2025, n, 15)));
      const after = "00000000-0000-0000-0000-000000000000";
      const id = await closer.open(async (tx) => {
        const draft = await openDraft(tx, tenant.tenantId, period);
        const { groups, upTo } = await openUsage(tx, tenant.tenantId, period, after);
        await linkUsage(tx, { id: draft.id, tenantId: tenant.tenantId, period }, { groups, after, upTo });
        return draft.id;
      });
      // The same ones on every try, so that each number that is given back is wanted again.
      for (let fails = (n * 3) % 10 < 3 ? 1 : 0; ; fails -= 1) {
        const end = closer.open(async (tx) => {
          await finalizeInvoice(tx, platform, id, NOW);
          if (fails > 0) throw new Error("the process ends here");
        });
        if (fails <= 0) return end;
        rolledBack += 1;
        await expect(end).rejects.toThrow("the process ends here");
      }
    };
    await Promise.all(
      tenants.map(async (tenant) => {
        for (let n = 0; n < 10; n += 1) await finalizeOf(tenant, n);
      }),
    );
    expect(rolledBack).toBe(24);
    expect(await broken()).toEqual([]);
    const [numbers] = await query(
      "select count(*)::int as given, count(distinct invoice_number)::int as different, max(sequence) as last from invoices where series = 'HB' and finalized_at is not null",
    );
    expect(numbers.given).toBe(numbers.last);
    expect(numbers.different).toBe(numbers.given);
    expect(numbers.given).toBeGreaterThanOrEqual(80);
  });

  it("does not read what was closed before: its rows are older than a day before that", async () => {
    const tenant = await makeTenant();
    await use(tenant, 1, utc("2026-10-15T00:00:00"));
    await closeTenant(closer, tenant.tenantId, OCTOBER, NOW);
    const since = await closer.open((tx) => openSince(tx, tenant.tenantId));
    const ms = Number.parseInt(since.replace("-", "").slice(0, 12), 16);
    expect(new Date(ms)).toEqual(utc("2026-10-31T00:00:00"));
  });
});

describe("the clock", () => {
  async function subscribed(anchor: Date): Promise<TestTenant> {
    const tenant = await makeTenant();
    const planId = newId();
    const db = drizzle((await database()).pool);
    await db.insert(plans).values({ id: planId, key: planId, name: "Team" });
    await db
      .insert(subscriptions)
      .values({ tenantId: tenant.tenantId, planId, planName: planId, status: "active", anchorAt: anchor });
    return tenant;
  }

  const periodsOf = async (tenant: TestTenant) =>
    (await listInvoices(tenant.admin, {})).items
      .map(({ periodStart, periodEnd, totalAmount }) =>
        [periodStart.toISOString(), periodEnd.toISOString(), totalAmount].join(" "),
      )
      .sort();

  it("closes 31 January, 29 February and the year's end on their own days, an hour later, each row once", async () => {
    const tenant = await subscribed(utc("2027-12-31T10:00:00"));
    await use(tenant, 1, utc("2027-12-31T09:59:59"));
    await use(tenant, 2, utc("2027-12-31T10:00:00"));
    await use(tenant, 4, utc("2028-01-31T09:59:59"));
    await use(tenant, 8, utc("2028-01-31T10:00:00"));
    await use(tenant, 16, utc("2028-02-29T10:00:00"));
    const calendar = "2027-12-01T00:00:00.000Z 2027-12-31T10:00:00.000Z 1.000000";
    await closeDue(utc("2027-12-31T10:59:59"));
    expect(await periodsOf(tenant)).toEqual([]);
    await closeDue(utc("2027-12-31T11:00:00"));
    expect(await periodsOf(tenant)).toEqual([calendar]);
    await closeDue(utc("2028-01-31T10:30:00"));
    expect(await periodsOf(tenant)).toEqual([calendar]);
    await closeDue(utc("2028-04-02T00:00:00"));
    await closeDue(utc("2028-04-02T00:00:00"));
    expect(await periodsOf(tenant)).toEqual([
      calendar,
      "2027-12-31T10:00:00.000Z 2028-01-31T10:00:00.000Z 6.000000",
      "2028-01-31T10:00:00.000Z 2028-02-29T10:00:00.000Z 8.000000",
      "2028-02-29T10:00:00.000Z 2028-03-31T10:00:00.000Z 16.000000",
    ]);
    const numbers = (await listInvoices(tenant.admin, {})).items.map((one) => one.invoiceNumber).sort();
    expect(numbers.map((number) => number.slice(0, 8))).toEqual([
      "HB-2027-",
      "HB-2028-",
      "HB-2028-",
      "HB-2028-",
    ]);
    expect(await broken()).toEqual([]);
  });
});
