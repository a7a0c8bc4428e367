import { isResourceType, RESOURCES } from "@/lib/metering/resources";
import { centsToMicros, least, type Micros, microsToCents } from "@/lib/money";
import { type Covered, CREDIT_SOURCES, type CreditSource, shareCents } from "./covered";
import { type Tax, taxCents } from "./tax";

type LineFacts = {
  resourceType: string;
  unit: string;
  modelKey: string | null;
  rateMicros: Micros;
  quantityMicros: bigint;
  amountMicros: Micros;
  serviceStart: Date;
  serviceEnd: Date;
};

/** Ledger rows of one price in one service month, summed exactly. */
export type UsageGroup = LineFacts & { lineId?: string };

/** What is charged or given back beside usage, in whole cents: a plan's fee, a part of one, credit that is bought. */
export type Fee = LineFacts & { kind: "plan" | "proration" | "credit"; description: string; lineId?: string };

export type InvoiceLine = LineFacts & {
  kind: "usage" | "covered" | Fee["kind"];
  source: CreditSource | null;
  position: number;
  description: string;
  amountCents: bigint;
  lineId?: string;
};

export type InvoiceParts = {
  usage?: readonly UsageGroup[];
  fees?: readonly Fee[];
  /** What credit paid of the usage. */
  covered?: readonly Covered[];
  tax?: Tax | null;
  /** What models are called, by their keys. */
  modelNames?: Readonly<Record<string, string>>;
};

export type InvoiceDraft = {
  lines: InvoiceLine[];
  subtotalCents: bigint;
  taxCents: bigint;
  totalCents: bigint;
  totalMicros: Micros;
  /** The usage that no credit paid for, exactly: what a payment gives back to the wallet. */
  receivableMicros: Micros;
};

/** What a line is for, in words: `Input tokens · GPT-5 mini`. */
export function describeResource(resourceType: string, model: string | null): string {
  const label = isResourceType(resourceType) ? RESOURCES[resourceType].label : resourceType;
  return model ? `${label} · ${model}` : label;
}

const COVERED_BY: Readonly<Record<CreditSource, string>> = {
  plan: "Included in the plan",
  promo: "Paid with promotional credit",
  paid: "Paid with credit",
};

function compare(a: LineFacts, b: LineFacts): number {
  return (
    a.serviceStart.getTime() - b.serviceStart.getTime() ||
    a.resourceType.localeCompare(b.resourceType) ||
    (a.modelKey ?? "").localeCompare(b.modelKey ?? "") ||
    (a.rateMicros < b.rateMicros ? -1 : a.rateMicros > b.rateMicros ? 1 : 0)
  );
}

type Unplaced = Omit<InvoiceLine, "position">;

const sumOf = <T>(items: readonly T[], amount: (item: T) => bigint): bigint =>
  items.reduce((sum, item) => sum + amount(item), 0n);

function usageLines(groups: readonly UsageGroup[], modelNames: Readonly<Record<string, string>>): Unplaced[] {
  const called = (modelKey: string | null) => modelKey && (modelNames[modelKey] ?? modelKey);
  return [...groups].sort(compare).map((group) => ({
    ...group,
    kind: "usage",
    source: null,
    description: describeResource(group.resourceType, called(group.modelKey)),
    amountCents: microsToCents(group.amountMicros),
  }));
}

function feeLines(fees: readonly Fee[]): Unplaced[] {
  return [...fees]
    .sort((a, b) => compare(a, b) || (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0))
    .map((fee) => ({ ...fee, source: null, amountCents: microsToCents(fee.amountMicros) }));
}

/** Takes off what credit paid. The lines take the difference of the roundings, so that what is left is rounded once. */
function coveredLines(covered: readonly Covered[], usage: readonly Unplaced[], dueCents: bigint): Unplaced[] {
  const [first] = usage;
  if (!first) return [];
  const inOrder = CREDIT_SOURCES.flatMap((source) => covered.filter((one) => one.source === source));
  const total = sumOf(usage, (line) => line.amountCents) - dueCents;
  const serviceEnd = new Date(Math.max(...usage.map((line) => line.serviceEnd.getTime())));
  return shareCents(inOrder, total).map(({ source, amountMicros, amountCents }) => ({
    kind: "covered",
    source,
    description: COVERED_BY[source],
    resourceType: "credit",
    unit: "credit",
    modelKey: null,
    rateMicros: 0n,
    quantityMicros: 0n,
    amountMicros: -amountMicros,
    amountCents: -amountCents,
    serviceStart: first.serviceStart,
    serviceEnd,
  }));
}

/**
 * The lines and the totals of an invoice. Pure: the same parts, in any order, make the same invoice. Each line of usage
 * is rounded once to cents, half away from zero, and the subtotal is the sum of the lines. Where credit paid a part, what
 * is left is rounded once and the covered lines take the difference, so that nothing is due when nothing is owed. The
 * tax is of the exact amount, rounded once; nothing due bears none.
 */
export function buildInvoice({
  usage = [],
  fees = [],
  covered = [],
  tax = null,
  modelNames = {},
}: InvoiceParts): InvoiceDraft {
  const paidFor = covered.filter((one) => one.amountMicros !== 0n);
  const receivableMicros =
    sumOf(usage, (one) => one.amountMicros) - sumOf(paidFor, (one) => one.amountMicros);
  const gross = usageLines(usage, modelNames);
  const grossCents = sumOf(gross, (line) => line.amountCents);
  const dueCents = paidFor.length > 0 ? least(microsToCents(receivableMicros), grossCents) : grossCents;
  const lines = [...feeLines(fees), ...gross, ...coveredLines(paidFor, gross, dueCents)].map(
    (line, index) => ({
      ...line,
      position: index + 1,
    }),
  );
  const subtotalCents = sumOf(lines, (line) => line.amountCents);
  const base = receivableMicros + sumOf(fees, (fee) => fee.amountMicros);
  const taxed = tax && subtotalCents !== 0n ? taxCents(base, tax.percent) : 0n;
  const totalCents = subtotalCents + taxed;
  return {
    lines,
    subtotalCents,
    taxCents: taxed,
    totalCents,
    totalMicros: centsToMicros(totalCents),
    receivableMicros,
  };
}
