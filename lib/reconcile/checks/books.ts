import { checkLedgerAsOperator } from "@/lib/billing/run-checks";
import type { ReconcileCheck } from "../check";
import { addDigests, brokenDigests } from "../digest";

export const books: ReconcileCheck = {
  id: "R1",
  title: "The books obey their rules",
  meaning:
    "A rule that always holds does not: a sum that is no sum, a row that nothing paid for, or a ledger that was changed after the fact.",
  remedy:
    "Close no period before it is understood. A wrong ledger entry is never changed: reverse it from the ledger page and write it anew.",
  async find(now) {
    const rules = (await checkLedgerAsOperator())
      .filter(({ count }) => count > 0)
      .map(({ id, title, count, subjects }) => ({
        subject: `${id}: ${title}`,
        key: id,
        detail: { rows: count, examples: subjects },
      }));
    const days = (await brokenDigests()).map(({ day, problem }) => ({
      subject: `The ledger of ${day} is not what it was`,
      key: `digest:${day}`,
      detail: { problem },
    }));
    await addDigests(now);
    return [...rules, ...days];
  },
};
