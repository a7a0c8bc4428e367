import { sql } from "drizzle-orm";
import { creditHolds } from "@/db/schema/wallets";
import { jobScope } from "@/lib/auth/scope";
import { expireHold } from "@/lib/wallet/sweep";
import { ask, type ReconcileCheck } from "../check";

const MINUTES_10_MS = 600_000;

export const staleHolds: ReconcileCheck = {
  id: "R3",
  title: "Nothing is set aside for work that is over",
  meaning: "Credit was set aside for a step that ended or stopped, so the customer could not spend it.",
  remedy:
    "The step is asked: when it still works the amount stays set aside, else it is given back. What is left open could not be asked: look at the jobs.",
  async find(now) {
    const late = new Date(now.getTime() - MINUTES_10_MS).toISOString();
    const holds = await ask<{
      tenant: string;
      key: string;
      step: string | null;
      amount: string;
      expires: string;
    }>(sql`
      select h.tenant_id as tenant, h.key, h.step_id as step, h.amount, h.expires_at::text as expires
      from ${creditHolds} h
      where h.status = 'open' and h.expires_at < ${late}::timestamptz order by h.expires_at limit 500`);
    return holds.map(({ tenant, key, step, amount, expires }) => ({
      subject: `$${amount} is set aside under "${key}" past its time`,
      key: `${tenant}:${key}`,
      detail: { workspace: tenant, hold: key, step, amount },
      fix: async () => {
        const stale = { tenantId: tenant, key, stepId: step, expiresAt: expires };
        await expireHold(await jobScope(tenant, "reconcile"), stale);
        return true;
      },
    }));
  },
};
