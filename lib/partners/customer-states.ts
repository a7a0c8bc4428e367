import { formatMicros } from "@/lib/money";

/** What a partner knows of how a customer stands. */
export type CustomerFacts = {
  status: string;
  suspendedReason: string | null;
  /** admin | partner | dunning */
  suspendedBy: string | null;
  startsBlockedReason: string | null;
  /** The invoice that is overdue longest, and what is overdue in all; null before the partner is told of it. */
  overdue: { number: string; since: Date; count: number; dueMicros: bigint } | null;
  /** Until when it tries the product; null when it does not. */
  trialEndsAt: Date | null;
};

export type CustomerState = {
  kind: "suspended" | "starts_blocked" | "overdue" | "trialing" | "active";
  /** Why, and what comes of it: a sentence. Null where there is nothing to say. */
  reason: string | null;
};

const DAY_MS = 86_400_000;

const day = (date: Date) =>
  date.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

const BY: Readonly<Record<string, string>> = {
  admin: "By the platform",
  partner: "By you",
  dunning: "For a debt",
};

function suspended({ suspendedBy, suspendedReason }: CustomerFacts): string {
  const by = BY[suspendedBy ?? ""] ?? "Suspended";
  return suspendedReason ? `${by}: ${suspendedReason}` : `${by}.`;
}

function overdue(
  { number, since, count, dueMicros }: NonNullable<CustomerFacts["overdue"]>,
  now: Date,
): string {
  const days = Math.max(0, Math.floor((now.getTime() - since.getTime()) / DAY_MS));
  const late = days === 0 ? "since today" : days === 1 ? "since yesterday" : `for ${days} days`;
  const which = count === 1 ? `Invoice ${number}` : `Invoice ${number} and ${count - 1} more`;
  return `${which}, ${formatMicros(dueMicros)}, ${late}.`;
}

/**
 * How a customer stands, the worst first, each with its reason. One that has nothing to be said of is `active`.
 * Days are whole days since an invoice was due.
 */
export function statesOf(facts: CustomerFacts, now: Date): CustomerState[] {
  const states: CustomerState[] = [];
  if (facts.status === "suspended") states.push({ kind: "suspended", reason: suspended(facts) });
  if (facts.startsBlockedReason)
    states.push({ kind: "starts_blocked", reason: `New runs do not start. ${facts.startsBlockedReason}` });
  if (facts.overdue) states.push({ kind: "overdue", reason: overdue(facts.overdue, now) });
  if (facts.trialEndsAt && facts.trialEndsAt > now)
    states.push({ kind: "trialing", reason: `Until ${day(facts.trialEndsAt)}.` });
  return states.length > 0 ? states : [{ kind: "active", reason: null }];
}
