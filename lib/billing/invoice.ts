import { isResourceType, RESOURCES } from "@/lib/metering/resources";
import { centsToMicros, type Micros, microsToCents } from "@/lib/money";

/** Ledger rows of one price in one service month, summed exactly. */
export type UsageGroup = {
  resourceType: string;
  unit: string;
  modelKey: string | null;
  rateMicros: Micros;
  quantityMicros: bigint;
  amountMicros: Micros;
  serviceStart: Date;
  serviceEnd: Date;
};

export type InvoiceLine = UsageGroup & { position: number; description: string; amountCents: bigint };

export type InvoiceDraft = { lines: InvoiceLine[]; totalCents: bigint; totalMicros: Micros };

/** What a line is for, in words: `Input tokens · gpt-5-mini`. */
function describeResource(resourceType: string, modelKey: string | null): string {
  const label = isResourceType(resourceType) ? RESOURCES[resourceType].label : resourceType;
  return modelKey ? `${label} · ${modelKey}` : label;
}

function compare(a: UsageGroup, b: UsageGroup): number {
  return (
    a.serviceStart.getTime() - b.serviceStart.getTime() ||
    a.resourceType.localeCompare(b.resourceType) ||
    (a.modelKey ?? "").localeCompare(b.modelKey ?? "") ||
    (a.rateMicros < b.rateMicros ? -1 : a.rateMicros > b.rateMicros ? 1 : 0)
  );
}

/**
 * The lines and the total of an invoice. Pure: the same groups, in any order, make the same invoice. Each line is
 * rounded once to cents, half away from zero, and the total is the sum of the lines.
 */
export function buildInvoice(groups: readonly UsageGroup[]): InvoiceDraft {
  const lines = [...groups].sort(compare).map((group, index) => ({
    ...group,
    position: index + 1,
    description: describeResource(group.resourceType, group.modelKey),
    amountCents: microsToCents(group.amountMicros),
  }));
  const totalCents = lines.reduce((sum, line) => sum + line.amountCents, 0n);
  return { lines, totalCents, totalMicros: centsToMicros(totalCents) };
}

/** `HB-2026-000123`: series, year of issue, position in the series. */
export function formatInvoiceNumber(series: string, sequence: number, issuedAt: Date): string {
  return `${series}-${issuedAt.getUTCFullYear()}-${String(sequence).padStart(6, "0")}`;
}
