import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { PlatformScope } from "@/db/scope";
import { closeDue } from "@/lib/billing/commands/close";
import { reverseEntry } from "@/lib/billing/commands/correct";
import { checkLedger } from "@/lib/billing/run-checks";
import { shiftClock } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant } from "@/lib/testing/scopes";
import { changePlan } from "./commands/change";
import { atTime, makePlan, payByTransfer, planBooks, priceNodes, setTime, spendNodes } from "./testing";

withTestDatabase();

let platform: PlatformScope;
let starter: string;

beforeAll(async () => {
  platform = await makePlatform();
  starter = await makePlan(platform, "Starter", { dollars: 29n });
  await priceNodes();
});
afterEach(() => shiftClock(0));

const broken = async () => (await checkLedger(platform)).filter((check) => check.count > 0);

describe("a plan's fee", () => {
  it("is asked for by itself when the usage of its month comes to less than nothing, which waits", async () => {
    setTime("2026-01-15T00:00:00");
    const tenant = await makeTenant();
    const input = { planId: starter, cycle: "monthly", requestKey: newId(), shownCents: 2_900n } as const;
    await changePlan(tenant.admin, input, atTime());
    setTime("2026-01-20T00:00:00");
    const entryId = await spendNodes(tenant, 100);
    setTime("2026-02-15T02:00:00");
    await closeDue(atTime());
    for (const id of (await planBooks(tenant)).invoiceIds) await payByTransfer(platform, id);
    setTime("2026-02-20T00:00:00");
    await reverseEntry(platform, { entryId, reason: "Wrong answer." });

    setTime("2026-03-15T02:00:00");
    await Promise.all([closeDue(atTime()), closeDue(atTime())]);
    await closeDue(atTime());
    const begun = ["subscription paid 29.00: plan 2900", "period paid 129.00: plan 2900, usage 10000"];
    const alone = "subscription pending 29.00: plan 2900";
    expect((await planBooks(tenant)).invoices).toEqual([...begun, "period draft 0.00: ", alone]);
    expect(await broken()).toEqual([]);

    setTime("2026-04-10T00:00:00");
    await spendNodes(tenant, 200);
    setTime("2026-04-15T02:00:00");
    await closeDue(atTime());
    const books = await planBooks(tenant);
    expect(books.invoices.toSorted()).toEqual(
      [
        ...begun,
        "period draft 0.00: ",
        alone,
        "period pending 129.00: plan 2900, usage -10000, usage 20000",
      ].toSorted(),
    );
    // Each is one of its own: paying the fee is paying for the month, and begins nothing.
    await payByTransfer(platform, books.invoiceIds.at(books.invoices.indexOf(alone)) ?? "");
    expect(await planBooks(tenant)).toMatchObject({ status: "active", paidThrough: "2026-05-15T00:00" });
    expect(await broken()).toEqual([]);
  });
});
