const DAY_MS = 86_400_000;

/**
 * What becomes of an invoice that is not paid, by the days since it was due. On each of them but the last the saved card
 * is tried once. The order is the law: `stage` is the place in it, counted from one, and it only grows.
 */
export const DUNNING_STEPS = [
  { stage: 1, name: "overdue", day: 0, isTry: true },
  { stage: 2, name: "partner_told", day: 2, isTry: true },
  { stage: 3, name: "starts_blocked", day: 7, isTry: true },
  { stage: 4, name: "last_warning", day: 14, isTry: true },
  { stage: 5, name: "suspended", day: 21, isTry: true },
  { stage: 6, name: "uncollectible", day: 30, isTry: false },
] as const;

export type DunningStep = (typeof DUNNING_STEPS)[number];
export type DunningName = DunningStep["name"];

/** The first stage at which something is: `STAGE_OF.suspended` is 5. */
export const STAGE_OF = Object.fromEntries(DUNNING_STEPS.map(({ name, stage }) => [name, stage])) as Readonly<
  Record<DunningName, DunningStep["stage"]>
>;

export type DunnedInvoice = {
  /** How far it is: 0 while nothing has happened. */
  dunningStage: number;
  dueDate: Date;
  /** When the next step is to be made; null before the first, which comes when it is due. */
  nextAttemptAt: Date | null;
};

/** When the next step of an invoice comes, whichever it is. */
function timeOf({ dunningStage, dueDate, nextAttemptAt }: DunnedInvoice): Date | null {
  return nextAttemptAt ?? (dunningStage === 0 ? dueDate : null);
}

export type DueStep = {
  step: DunningStep;
  /** When the one behind it comes; null behind the last. */
  nextAt: Date | null;
};

/** The step behind a stage; null when it was the last. */
export function stepAfter(stage: number): DunningStep | null {
  return DUNNING_STEPS[stage] ?? null;
}

/**
 * The step that an invoice has come to by `now`, if there is one. One at a time, and never sooner after the one before
 * than their days are apart: who was told of nothing, because nothing was running, loses nothing for it. A step that is
 * made on time does not move the others.
 */
export function stageAt(invoice: DunnedInvoice, now: Date): DueStep | null {
  const step = stepAfter(invoice.dunningStage);
  const at = step ? timeOf(invoice) : null;
  if (!step || !at || at > now) return null;
  const following = stepAfter(step.stage);
  if (!following) return { step, nextAt: null };
  const from = now.getTime() - at.getTime() < DAY_MS ? at : now;
  return { step, nextAt: new Date(from.getTime() + (following.day - step.day) * DAY_MS) };
}

/** When a stage comes, for an invoice that is further back; null when it is behind us. */
export function timeOfStage(invoice: DunnedInvoice, name: DunningName): Date | null {
  const target = DUNNING_STEPS[STAGE_OF[name] - 1];
  const next = stepAfter(invoice.dunningStage);
  if (!target || !next || target.stage < next.stage) return null;
  const at = timeOf(invoice);
  return at ? new Date(at.getTime() + (target.day - next.day) * DAY_MS) : null;
}

/**
 * When the next step comes after a workspace was given time: dunning stands still until then, and goes on with as much time
 * as was left. Null behind the last step.
 * @param invoice `graceUntil`: the end of the time that it was given before, which was no part of what was left
 */
export function stepAfterGrace(
  invoice: DunnedInvoice & { graceUntil: Date | null },
  now: Date,
  until: Date,
): Date | null {
  const at = stepAfter(invoice.dunningStage) ? timeOf(invoice) : null;
  const from = Math.max(now.getTime(), invoice.graceUntil?.getTime() ?? 0);
  return at && new Date(Math.max(at.getTime() - from, 0) + until.getTime());
}

/** What unpaid invoices demand of a workspace. */
export type Standing = { isPastDue: boolean; areStartsBlocked: boolean; isSuspended: boolean };

/** The worst of its unpaid invoices decides how a workspace stands. */
export function standingOf(stages: readonly number[]): Standing {
  const worst = Math.max(0, ...stages);
  return {
    isPastDue: worst >= STAGE_OF.overdue,
    areStartsBlocked: worst >= STAGE_OF.starts_blocked,
    isSuspended: worst >= STAGE_OF.suspended,
  };
}
