import { eq } from "drizzle-orm";
import { beforeAll, expect, it } from "vitest";
import { POST } from "@/app/api/hooks/[token]/route";
import { asSystem } from "@/db/access";
import { tenants } from "@/db/schema/auth";
import { subscriptions } from "@/db/schema/plans";
import { seedRunPrices } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { setWorkflowActive } from "@/lib/workflows/commands/manage";
import { deliveryRows, makeTrigger, publishGreeting } from "./testing";

withTestDatabase();
beforeAll(() => seedRunPrices());

const subscribe =
  (values: Partial<typeof subscriptions.$inferInsert>) =>
  ({ tenantId }: TestTenant) =>
    asSystem("test", (tx) => tx.insert(subscriptions).values({ tenantId, planName: "small", ...values }));

const suspend = ({ tenantId }: TestTenant) =>
  asSystem("test", (tx) => tx.update(tenants).set({ status: "suspended" }).where(eq(tenants.id, tenantId)));

const owed = { startsBlockedAt: new Date(), startsBlockedReason: "Invoice HB-2026-000007 is not paid." };

it.each([
  ["an invoice is not paid", subscribe(owed), 412, "HB-2026-000007"],
  ["it is suspended", suspend, 412, "suspended"],
  ["its plan allows no more starts", subscribe({ startsPerMinute: 0 }), 429, "Your plan allows 0 starts"],
  [
    "its workflow is off",
    ({ admin }: TestTenant, workflowId: string) => setWorkflowActive(admin, { workflowId, isActive: false }),
    412,
    "Greeting",
  ],
] as const)(
  "a workspace in which %s says so in its log, and not to who calls",
  async (_, make, status, why) => {
    const ours = await makeTenant();
    const workflowId = await publishGreeting(ours.admin);
    const { id, token } = await makeTrigger(ours.admin, workflowId, "webhook", {});
    await make(ours, workflowId);
    const headers = { "content-type": "application/json" };
    const body = '{"customer":"Ada"}';
    const request = new Request(`http://localhost/api/hooks/${token}`, { method: "POST", headers, body });
    const response = await POST(request, { params: Promise.resolve({ token }) });
    const answer = await response.text();
    expect([response.status, answer]).toEqual([status, expect.not.stringContaining(why)]);
    expect(answer).not.toMatch(/blocked|plan|suspended|inactive/);
    const [refused] = await deliveryRows(ours.admin, id);
    expect(refused).toMatchObject({ status: "rejected", reason: expect.stringContaining(why) });
  },
);
