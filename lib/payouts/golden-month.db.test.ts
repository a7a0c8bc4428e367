import { drizzle } from "drizzle-orm/node-postgres";
import { extractText, getDocumentProxy } from "unpdf";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { asPartner, asSystem, asWorker } from "@/db/access";
import { database } from "@/db/pool";
import { partnerRates, systemRates } from "@/db/schema/billing";
import { subscriptions } from "@/db/schema/plans";
import { closePeriod } from "@/lib/billing/commands/close";
import { issueCreditNote } from "@/lib/billing/commands/credit-note";
import { recordPayment } from "@/lib/billing/commands/record-payment";
import { checkLedgerAsOperator } from "@/lib/billing/run-checks";
import { shiftClock } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { recordUsage } from "@/lib/metering/record";
import { countQuantity } from "@/lib/metering/resources";
import { refreshPayment, startTopup } from "@/lib/payments/commands/topup";
import { click, intentIdOf, pay } from "@/lib/payments/testing";
import { getStripe } from "@/lib/stripe/client";
import { deliver, eventIds } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { brokenMoney, give, prepaidTenant } from "@/lib/wallet/testing";
import { draftPayouts } from "./commands/draft";
import { payoutPdf } from "./pdf";
import { getPartnerBalance, getPayout } from "./queries";
import { statementRows } from "./statement";
import { type Business, makeBusiness, payoutsOf } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());

/*
 * October 2026 of a partner who sells a node for 0.777777. Its base price is 0.333333, and 0.400001 from the 16th on.
 *
 *  row  customer  day     nodes  customer pays  base       commission  paid for by
 *  A1   Ada       5 Oct    100      77.777700   33.333300   44.444400   the invoice of October
 *  A2   Ada      20 Oct     50      38.888850   20.000050   18.888800   the invoice of October
 *  A3   Ada      31 Oct      7       5.444439    2.800007    2.644432   told on 2 November: the invoice of November
 *  B1   Bob       8 Oct     30      23.333310    9.999990   13.333320    3.000000 promotion, 20.333310 of $25 bought
 *  B2   Bob      18 Oct     10       7.777770    4.000010    3.777760    4.666690 of $25 bought, 3.101080 owed
 *
 * Shares of commission, by what paid: B1 13.333320 × 3 ÷ 23.33331 = 1.714286 promotion, never paid out, and 11.619034;
 * B2 3.777760 × 4.66669 ÷ 7.77777 = 2.266670, and 1.511090 that nobody has paid for.
 *
 *  earned                                     on       amount      of
 *  Bob's bought credit                        8 Oct    11.619034   B1
 *  Bob's bought credit                       18 Oct     2.266670   B2
 *  Ada pays October, $116.67                  3 Nov    63.333200   A1 + A2
 *  credit note of $20.00 on it               10 Nov   -10.856810   63.333200 × 20.00 ÷ 116.67
 *  Bob's bank takes the $25 back             12 Nov   -13.885704   B1 + B2, all of it was spent
 *  Ada pays November, $5.44                   4 Dec     2.644432   A3
 *                                                      --------
 *                                                      55.120822
 *
 * Payable a month's end less thirty days: at the end of October nothing; of November 13.885704 of Bob's less both that
 * was taken back, -10.856810, nothing; of December also Ada's October, 52.476390: $52.47, and 0.006390 is carried.
 */
let business: Business;
let ada: TestTenant;
let bob: TestTenant;
let intentId: string;

const utc = (text: string) => new Date(`${text}Z`);

/** Does something as if it were then. */
async function at<T>(time: string, work: (now: Date) => Promise<T>): Promise<T> {
  shiftClock(utc(time).getTime() - Date.now());
  try {
    return await work(utc(time));
  } finally {
    shiftClock(0);
  }
}

/** Nodes that were used then, told at once or later. */
const use = ({ job }: TestTenant, time: string, nodes: number, toldAt = time) =>
  at(toldAt, () =>
    asWorker(job, (tx) =>
      recordUsage(tx, job, {
        occurredAt: utc(time),
        items: [
          {
            resourceType: "workflow_node",
            modelKey: null,
            quantityMicros: countQuantity(nodes),
            idempotencyKey: `${time} ${nodes}`,
          },
        ],
      }),
    ),
  );

async function setPrices(partnerId: string): Promise<void> {
  const db = drizzle((await database()).pool);
  const thing = { resourceType: "workflow_node", unit: "node", effectiveFrom: new Date(0) };
  const [rise, before] = [utc("2026-10-16T00:00:00"), newId()];
  await db.insert(systemRates).values([
    { ...thing, id: before, rate: "0.333333", effectiveTo: rise },
    { ...thing, rate: "0.400001", effectiveFrom: rise },
  ]);
  await db.insert(partnerRates).values({ ...thing, partnerId, systemRateId: before, rate: "0.777777" });
}

/** Closes a month for Ada. Gives the invoice. */
async function closeAda(month: string, closedAt: string): Promise<string> {
  const admin = await makePlatform();
  const [closed] = await at(closedAt, (now) => closePeriod(admin, { month, tenantId: ada.tenantId }, now));
  return closed?.invoiceId ?? "";
}

async function payInvoice(invoiceId: string, paidAt: string): Promise<void> {
  const admin = await makePlatform();
  const payment = { invoiceId, method: "bank_transfer", reference: paidAt } as const;
  await at(paidAt, (now) => recordPayment(admin, payment, now));
}

beforeAll(async () => {
  business = await makeBusiness();
  await setPrices(business.partnerId);
  ada = await makeTenant(business.partnerId);
  bob = await prepaidTenant(business.partnerId);
  await asSystem("test", (tx) =>
    tx.insert(subscriptions).values({ tenantId: bob.tenantId, planName: "trial", status: "trialing" }),
  );
});

it("is right to the micro-dollar", { timeout: 120_000 }, async () => {
  const from = eventIds(double).length;
  await at("2026-10-01T09:00:00", async () => {
    await give(bob, { kind: "grant", source: "promo", amount: 3_000_000n, key: "welcome" });
    const payment = await startTopup(bob.admin, click("25"));
    await pay(payment, "pm_card_createDispute");
    await refreshPayment(bob.admin, { paymentId: payment.paymentId });
    intentId = intentIdOf(payment);
  });
  await use(ada, "2026-10-05T10:00:00", 100);
  await use(bob, "2026-10-08T10:00:00", 30);
  await use(bob, "2026-10-18T10:00:00", 10);
  await use(ada, "2026-10-20T10:00:00", 50);
  const october = await closeAda("2026-10", "2026-11-01T02:00:00");
  await use(ada, "2026-10-31T23:59:00", 7, "2026-11-02T08:00:00");
  await at("2026-11-02T05:00:00", (now) => draftPayouts(now));
  await payInvoice(october, "2026-11-03T12:00:00");
  const admin = await makePlatform();
  await at("2026-11-10T12:00:00", (now) =>
    issueCreditNote(
      admin,
      {
        invoiceId: october,
        reason: "A run went wrong",
        refund: "credit",
        requestKey: newId(),
        lines: [{ description: "Goodwill", amount: 2000n }],
      },
      now,
    ),
  );
  await at("2026-11-12T12:00:00", async () => {
    const dispute = double.world.disputes.where((one) => one.payment_intent === intentId)[0];
    await (await getStripe()).stripe.disputes.close(dispute?.id ?? "");
    await deliver(double, eventIds(double, from));
  });
  await at("2026-12-02T05:00:00", (now) => draftPayouts(now));
  expect(await payoutsOf(business.partnerId)).toEqual([]);
  await payInvoice(await closeAda("2026-11", "2026-12-01T02:00:00"), "2026-12-04T12:00:00");
  await at("2027-01-02T05:00:00", (now) => draftPayouts(now));

  const [payout, ...others] = await payoutsOf(business.partnerId);
  expect(others).toEqual([]);
  expect(payout).toMatchObject({
    gross: "52.476390",
    carryIn: "0.000000",
    amountCents: 5247n,
    carryOut: "0.006390",
  });
  const statement = await getPayout(business.scope, payout?.id ?? "");
  const named = { [ada.tenantId]: "Ada", [bob.tenantId]: "Bob" };
  expect(
    statementRows(statement)
      .map(([, , , , tenantId, , what, entries, amount]) =>
        [named[String(tenantId)] ?? "", what, entries ?? "", amount].join(" | "),
      )
      .sort(),
  ).toEqual(
    [
      "Ada | Invoices paid | 1 | 63.333200",
      "Ada | Refunds and credit notes | 1 | -10.856810",
      "Bob | Usage paid for with credit | 2 | 13.885704",
      "Bob | Disputes lost | 1 | -13.885704",
      " | Carried from before |  | 0.000000",
      " | Carried to the next |  | -0.006390",
      " | To be paid |  | 52.470000",
    ].sort(),
  );

  const document = await getDocumentProxy(await payoutPdf(statement));
  const { text } = await extractText(document, { mergePages: true });
  for (const words of ["Self-billed", "Invoices paid 1 $63.3332", "-$10.85681", "To be paid in USD $52.47"])
    expect(text).toContain(words);

  const ledger = await asPartner(business.scope, (tx) =>
    tx.execute(
      "select quantity, tenant_cost, platform_cost, partner_commission from ledger_entries order by tenant_cost desc",
    ),
  );
  expect(ledger.rows.map((row) => Object.values(row).join(" "))).toEqual([
    "100.000000 77.777700 33.333300 44.444400",
    "50.000000 38.888850 20.000050 18.888800",
    "30.000000 23.333310 9.999990 13.333320",
    "10.000000 7.777770 4.000010 3.777760",
    "7.000000 5.444439 2.800007 2.644432",
  ]);
  const balance = await at("2027-01-02T06:00:00", () => getPartnerBalance(business.scope));
  expect(balance).toMatchObject({
    accrued: 83_088_712n,
    earned: 55_120_822n,
    // Ada's November is younger than thirty days.
    waiting: 2_644_432n,
    payable: 6_390n,
    underWay: 52_470_000n,
    paid: 0n,
  });
  expect(await brokenMoney()).toEqual([]);
  expect((await checkLedgerAsOperator()).filter(({ count }) => count > 0)).toEqual([]);
});
