import { expect, it } from "vitest";
import { monthOf } from "@/lib/billing/period";
import { listInvoices } from "@/lib/billing/queries";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant } from "@/lib/testing/scopes";
import { use } from "@/lib/wallet/testing";
import { closeLastMonth } from "./last-month";

withTestDatabase();

it.each([
  ["first minute", "2026-11-01T00:00:30Z"],
  ["last day", "2026-11-30T12:00:00Z"],
])("in a month's %s the one before is invoiced and paid", async (_, now) => {
  const tenant = await makeTenant();
  const october = monthOf(new Date("2026-10-15T00:00:00Z"));
  await use(tenant.job, [{ cost: 2_500_000n, at: october.start }]);
  await closeLastMonth(await makePlatform(), october, new Date(now));
  const { items } = await listInvoices(tenant.admin, {});
  expect(items).toMatchObject([{ status: "paid", totalAmount: "2.500000", periodEnd: october.end }]);
});
