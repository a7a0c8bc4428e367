import { sql } from "drizzle-orm";
import { creditHolds } from "@/db/schema/wallets";
import { ask, daysBefore, firstIdAt, LOOK_BACK_DAYS, type ReconcileCheck } from "../check";

/** What a step may cost beyond what was set aside for it: more says that the worst case is estimated wrong. */
const MOST_OVER = 1.1;

export const lowHolds: ReconcileCheck = {
  id: "R13",
  title: "Work costs no more than what is set aside for it",
  meaning:
    "A step cost more than a tenth beyond its worst case, so a customer could spend credit that is not there. What was used is charged all the same.",
  remedy:
    "Look at the model of the step: its longest answer, or how its tokens are counted, is set too low under Models.",
  async find(now) {
    const from = daysBefore(now, LOOK_BACK_DAYS);
    const rows = await ask<{
      tenant: string;
      key: string;
      step: string | null;
      amount: string;
      used: string;
    }>(sql`
      select h.tenant_id as tenant, h.key, h.step_id as step, h.amount, h.settled_amount as used from ${creditHolds} h
      where h.id >= ${firstIdAt(from)} and h.status = 'settled' and h.settled_amount > h.amount * ${MOST_OVER}::numeric
      order by h.id limit 500`);
    return rows.map(({ tenant, key, step, amount, used }) => ({
      subject: `$${used} was used where $${amount} was set aside`,
      key: `${tenant}:${key}`,
      detail: { workspace: tenant, hold: key, step, amount, used },
    }));
  },
};
