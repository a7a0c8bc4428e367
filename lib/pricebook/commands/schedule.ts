import "server-only";
import { and, eq } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { priceBookDraftRates, priceBookDrafts } from "@/db/schema/price-books";
import type { PartnerScope, PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { isSameThing } from "@/lib/metering/pricing";
import { isResourceType } from "@/lib/metering/resources";
import { type AnnouncedRise, tellPartners } from "@/lib/rates/announce";
import { placePartnerRate, placeSystemRate } from "@/lib/rates/place";
import { planRate } from "@/lib/rates/schedule";
import { requirePlan } from "@/lib/rates/store";
import { assertUnchanged } from "@/lib/seen";
import { changesAt, type DraftRate, earliestStart, type Lists } from "../book";
import type { ScheduleDraftInput } from "../input";
import { asBook, bookOf, ofBook, readDraft, readLists, type StoredDraft } from "../store";
import { thingKey } from "../thing";

type Made = { id: string; announced?: AnnouncedRise };
type Start = { at: Date; now: Date };

async function place(
  tx: Tx,
  scope: PartnerScope | PlatformScope,
  { rateMicros, ...thing }: DraftRate,
  { draft, lists, at, now }: Start & { draft: StoredDraft; lists: Lists },
): Promise<Made> {
  if (scope.kind === "partner") {
    const base = lists.system.find((rate) => isSameThing(rate, thing));
    if (!base) throw new AppError("precondition", "There is no base price for this any more.");
    const input = { systemRateId: base.id, rate: rateMicros, effectiveFrom: at };
    return placePartnerRate(tx, scope, input, now);
  }
  if (!isResourceType(thing.resourceType))
    throw new AppError("precondition", "This is not metered any more.");
  return placeSystemRate(
    tx,
    scope,
    {
      resourceType: thing.resourceType,
      modelKey: thing.modelKey,
      rate: rateMicros,
      effectiveFrom: at,
      description: draft.name,
    },
    now,
  );
}

/** Places every price, or says of each one that cannot be why. What was placed before is undone with the transaction. */
async function placeAll(
  tx: Tx,
  scope: PartnerScope | PlatformScope,
  changes: readonly DraftRate[],
  start: Start & { draft: StoredDraft; lists: Lists },
): Promise<(Made & { change: DraftRate })[]> {
  const made: (Made & { change: DraftRate })[] = [];
  const fields: Record<string, readonly string[]> = {};
  for (const change of changes) {
    try {
      made.push({ ...(await place(tx, scope, change, start)), change });
    } catch (error) {
      if (!(error instanceof AppError) || error.code === "internal") throw error;
      const said = Object.values(error.fields ?? {}).flat();
      fields[`rates.${thingKey(change)}`] = said.length > 0 ? said : [error.message];
    }
  }
  if (Object.keys(fields).length > 0)
    throw new AppError("invalid", "Some prices cannot begin then: none was scheduled.", {
      fields,
      reason: "price_conflicts",
    });
  return made;
}

export type ScheduledDraft = { id: string; made: number; effectiveFrom: Date };

/**
 * Makes the prices of a draft hold from a moment on (the earliest that the rules allow when none is given): all of them in
 * one transaction or none, each by the rules and with the audit of a price that is set alone. Prices that would be asked
 * then anyway are not made again. Doing it twice makes them once.
 *
 * @throws AppError `invalid` by field: `rates.<thing>` of each price that cannot begin then, or `effectiveFrom`;
 * `precondition` when there is nothing to change; `conflict` when the draft was changed after `updatedAt`; `not_found`
 */
export async function scheduleDraft(
  scope: PartnerScope | PlatformScope,
  { draftId, updatedAt, effectiveFrom }: ScheduleDraftInput,
  now = new Date(),
): Promise<ScheduledDraft> {
  authorize(scope, "price_draft.schedule");
  return asBook(scope, async (tx) => {
    const { draft, rates } = await readDraft(tx, scope, draftId, { isLocked: true });
    if (draft.effectiveFrom)
      return {
        id: draftId,
        made: rates.filter((rate) => rate.madeRateId !== null).length,
        effectiveFrom: draft.effectiveFrom,
      };
    assertUnchanged("draft", draft.updatedAt, updatedAt);
    const lists = await readLists(tx, scope, now);
    const book = { partnerId: bookOf(scope), rates };
    const at = effectiveFrom ?? earliestStart(book, lists, now) ?? now;
    requirePlan(planRate([], at, now));
    const changes = changesAt(book, lists, at);
    if (changes.length === 0)
      throw new AppError("precondition", "Nothing would change: these prices are asked already.", {
        reason: "nothing_to_change",
      });
    const made = await placeAll(tx, scope, changes, { draft, lists, at, now });
    await tellPartners(
      tx,
      made.flatMap(({ announced }) => announced ?? []),
    );
    for (const { id, change } of made) {
      const drafted = rates.find((rate) => isSameThing(rate, change));
      if (drafted)
        await tx
          .update(priceBookDraftRates)
          .set({ madeRateId: id })
          .where(eq(priceBookDraftRates.id, drafted.id));
    }
    await tx
      .update(priceBookDrafts)
      .set({
        status: "scheduled",
        effectiveFrom: at,
        scheduledAt: now,
        scheduledBy: scope.actor.kind === "user" ? scope.actor.userId : null,
      })
      .where(and(ofBook(scope), eq(priceBookDrafts.id, draftId)));
    await audit(tx, scope, {
      action: "price_draft.schedule",
      targetType: "price_book_draft",
      targetId: draftId,
      before: { status: draft.status },
      after: { effectiveFrom: at.toISOString(), made: made.map(({ id }) => id) },
    });
    return { id: draftId, made: made.length, effectiveFrom: at };
  });
}
