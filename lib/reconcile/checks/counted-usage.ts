import { sql } from "drizzle-orm";
import { usageCounted } from "@/db/schema/usage-sums";
import { forgetCounted } from "@/lib/usage/count";
import { ask, type Found, type ReconcileCheck } from "../check";
import { countedDifferences } from "../counted-differences";

export const countedUsage: ReconcileCheck = {
  id: "R14",
  title: "What is counted of usage is what the ledger holds",
  meaning:
    "The pages of usage, spending, margins and the next invoice showed figures of days that are not the ledger's. What is charged and invoiced comes from the ledger itself and is right.",
  remedy:
    "The workspace is counted anew within minutes, and until then its pages read the ledger alone. If it comes again, a process or the database has a clock that was set back by ten minutes or more.",
  async find() {
    const counted = await ask<{ tenant: string }>(
      sql`select tenant_id as tenant from ${usageCounted} order by tenant_id`,
    );
    const found: Found[] = [];
    for (const { tenant } of counted) {
      const days = await countedDifferences(tenant);
      if (days.length === 0) continue;
      found.push({
        subject: `Usage of ${days.length === 1 ? "a day" : `${days.length} days`} is counted wrongly, first ${days[0]}`,
        key: tenant,
        detail: { workspace: tenant, days: days.slice(0, 50) },
        // Somebody is to look why, though: it stays open until it is compared again.
        fix: async () => {
          await forgetCounted(tenant);
          return false;
        },
      });
    }
    return found;
  },
};
