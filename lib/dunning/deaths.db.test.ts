import { and, eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { asSystem, asTenant } from "@/db/access";
import { database } from "@/db/pool";
import { invoices } from "@/db/schema/invoices";
import { notifications } from "@/db/schema/notifications";
import { payments } from "@/db/schema/payments";
import { subscriptionChanges } from "@/db/schema/plans";
import { auditLog, emails } from "@/db/schema/system";
import { bill } from "@/lib/payments/bill-testing";
import { endingBefore } from "@/lib/runs/faults/testing/backends";
import { type Lose, turnOf, watchStatements } from "@/lib/runs/faults/testing/deaths";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import type { TestTenant } from "@/lib/testing/scopes";
import { DUNNING_STEPS, type DunningStep } from "./schedule";
import { debtor, debtState, dun } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());

/** Our process is lost behind a statement, or the server's is right before one. */
const LOSSES = ["after", "server"] as const;
type Loss = (typeof LOSSES)[number];

const HOUR_MS = 3_600_000;

// PGlite lives and dies with the process: there is nothing between them to be lost.
describe.runIf(testServerUrl())(
  "a step of dunning that is lost at any statement",
  { timeout: 240_000 },
  () => {
    let loseAt: Lose;
    beforeAll(async () => {
      loseAt = await watchStatements();
    });

    /** What earlier steps have taken, and those of other invoices: nothing. */
    async function clearOf({ tenantId }: TestTenant): Promise<void> {
      const { pool } = await database();
      await pool.query(
        "update tenants set status = 'active', suspended_by = null, suspended_reason = null where id = $1",
        [tenantId],
      );
      await pool.query(
        `update subscriptions set status = 'active', starts_blocked_at = null, starts_blocked_reason = null,
        cancelled_at = null, cancel_at_period_end = false where tenant_id = $1`,
        [tenantId],
      );
    }

    /** An invoice that has come to a step an hour ago. */
    async function comeTo(tenant: TestTenant, step: DunningStep): Promise<string> {
      await clearOf(tenant);
      const at = new Date(Date.now() - HOUR_MS);
      const invoiceId = await bill(tenant, at, null, { email: `${tenant.tenantId}@books.example` });
      if (step.stage > 1)
        await asSystem("test", (tx) =>
          tx
            .update(invoices)
            .set({ status: "overdue", dunningStage: step.stage - 1, nextAttemptAt: at })
            .where(eq(invoices.id, invoiceId)),
        );
      return invoiceId;
    }

    /** All that a step leaves, of which nothing may be missing and nothing be there twice. */
    async function leftBy(tenant: TestTenant, invoiceId: string) {
      const count = sql<number>`count(*)::int`;
      const state = await debtState(tenant, invoiceId);
      const told = await asTenant(tenant.admin, (tx) =>
        tx
          .select({ count })
          .from(notifications)
          .where(sql`starts_with(${notifications.dedupeKey}, ${`dunning:${invoiceId}:`})`),
      );
      return asSystem("test", async (tx) => {
        const tries = await tx
          .select({ status: payments.status })
          .from(payments)
          .where(eq(payments.invoiceId, invoiceId));
        const mails = await tx
          .select({ count })
          .from(emails)
          .where(sql`${emails.idempotencyKey} like ${`%dunning:${invoiceId}:%`}`);
        const audits = await tx
          .select({ count })
          .from(auditLog)
          .where(and(eq(auditLog.targetId, invoiceId), eq(auditLog.action, "invoice.dun")));
        const ended = await tx
          .select({ count })
          .from(subscriptionChanges)
          .where(eq(subscriptionChanges.invoiceId, invoiceId));
        return {
          ...state,
          tries: tries.map(({ status }) => status),
          told: told[0]?.count,
          mails: mails[0]?.count,
          audits: audits[0]?.count,
          ended: ended[0]?.count,
        };
      });
    }

    /** @returns how many statements were sent */
    async function lose(at: number, loss: Loss, work: () => Promise<unknown>): Promise<number> {
      if (loss === "server") return endingBefore(at, () => work().catch(() => undefined));
      return loseAt(at, loss, work);
    }

    // Every step with a card that is declined; the last one tries none.
    it.each(LOSSES.flatMap((loss) => DUNNING_STEPS.map((step) => [step.name, loss, step] as const)))(
      "is made once: %s (%s)",
      async (_name, loss, step) => {
        const isTried = step.stage === 1 || step.stage === 5;
        const { tenant } = await debtor(double, isTried ? "pm_card_chargeCustomerFail" : null);
        const calm = await comeTo(tenant, step);
        expect(await dun(tenant, calm)).toBe(step.name);
        const expected = await leftBy(tenant, calm);
        expect(expected).toMatchObject({
          stage: step.stage,
          tries: isTried ? ["failed"] : [],
          told: 1,
          mails: 2,
          audits: 1,
          ended: step.name === "uncollectible" ? 1 : 0,
        });
        const turn = turnOf(LOSSES, loss);
        for (let at = turn.first; ; at += turn.step) {
          const invoiceId = await comeTo(tenant, step);
          const sent = await lose(at, loss, () => dun(tenant, invoiceId));
          // The job of the next hour.
          await dun(tenant, invoiceId);
          expect(await leftBy(tenant, invoiceId), `lost at statement ${at}`).toEqual(expected);
          if (sent < at) {
            expect(sent).toBeGreaterThan(9);
            return;
          }
        }
      },
    );
  },
);
