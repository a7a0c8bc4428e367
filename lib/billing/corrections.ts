import { and, between, eq, type SQL } from "drizzle-orm";
import { ledgerEntries } from "@/db/schema/billing";

/** What was taken back of a ledger row. Corrections are of the work and time of what they correct: by it they are found. */
export function correctionsOf(entry: { id: string; tenantId: string; occurredAt: Date }): SQL | undefined {
  const at = entry.occurredAt.getTime();
  return and(
    eq(ledgerEntries.tenantId, entry.tenantId),
    eq(ledgerEntries.reversesId, entry.id),
    // The database knows microseconds.
    between(ledgerEntries.occurredAt, new Date(at - 1), new Date(at + 1)),
  );
}
