import "server-only";
import { and, eq, inArray, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { priceBookDraftRates, priceBookDrafts } from "@/db/schema/price-books";
import type { PartnerScope, PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError, fieldError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { isSameThing, rateInForce } from "@/lib/metering/pricing";
import { describeResource, RESOURCES } from "@/lib/metering/resources";
import { namesOfModels } from "@/lib/models/queries";
import { microsToNumeric } from "@/lib/money";
import { priceProblem, readAllowances } from "@/lib/rates/allow";
import { bookPriceAt, type DraftRate, type Lists, raisedBy } from "../book";
import type {
  AddDraftRateInput,
  CreateDraftInput,
  DraftIdInput,
  RaiseDraftInput,
  SaveDraftInput,
} from "../input";
import { pricedThings } from "../rows";
import { asBook, bookOf, lockDraft, ofBook, readLists } from "../store";
import { parseThingKey, thingKey } from "../thing";

/** Says why a price cannot be drafted; null when it can. The platform's may be anything, a partner's is bound as when it is set. */
async function problemFinder(
  tx: Tx,
  scope: PartnerScope | PlatformScope,
  lists: Lists,
  now: Date,
): Promise<(rate: DraftRate) => string | null> {
  if (scope.kind === "platform") return () => null;
  const allowances = await readAllowances(tx, scope.partnerId);
  return (rate) => {
    const base = rateInForce(lists.system, rate, now);
    return base
      ? priceProblem(allowances, rate, base.rateMicros)
      : "There is no base price for this any more.";
  };
}

async function writeRates(
  tx: Tx,
  scope: PartnerScope | PlatformScope,
  draftId: string,
  rates: readonly DraftRate[],
): Promise<void> {
  if (rates.length === 0) return;
  const { resourceType, unit, modelKey, draftId: draft } = priceBookDraftRates;
  await tx
    .insert(priceBookDraftRates)
    .values(
      rates.map((rate) => ({
        draftId,
        partnerId: bookOf(scope),
        resourceType: rate.resourceType,
        unit: rate.unit,
        modelKey: rate.modelKey,
        rate: microsToNumeric(rate.rateMicros),
      })),
    )
    .onConflictDoUpdate({
      target: [draft, resourceType, unit, modelKey],
      set: { rate: sql`excluded.rate`, updatedAt: new Date() },
    });
}

/** Writes the name, and that the draft was changed now. */
async function rename(
  tx: Tx,
  scope: PartnerScope | PlatformScope,
  { id, name }: { id: string; name: string },
): Promise<void> {
  await tx
    .update(priceBookDrafts)
    .set({ name, updatedAt: new Date() })
    .where(and(ofBook(scope), eq(priceBookDrafts.id, id)));
}

/** Prices as they stand in the audit: by thing. */
const told = (rates: readonly DraftRate[]) =>
  Object.fromEntries(rates.map((rate) => [thingKey(rate), microsToNumeric(rate.rateMicros)]));

/** Begins a draft, with every price that is asked today or with none. */
export async function createDraft(
  scope: PartnerScope | PlatformScope,
  { name, start }: CreateDraftInput,
  now = new Date(),
): Promise<{ id: string }> {
  authorize(scope, "price_draft.manage");
  return asBook(scope, async (tx) => {
    const id = newId();
    const partnerId = bookOf(scope);
    await tx.insert(priceBookDrafts).values({
      id,
      partnerId,
      name,
      createdBy: scope.actor.kind === "user" ? scope.actor.userId : null,
    });
    if (start === "today") {
      const lists = await readLists(tx, scope, now);
      const rates = pricedThings(lists, [], now).flatMap((thing) => {
        const rateMicros = bookPriceAt(lists, partnerId, thing, now);
        return rateMicros === null ? [] : [{ ...thing, rateMicros }];
      });
      await writeRates(tx, scope, id, rates);
    }
    await audit(tx, scope, {
      action: "price_draft.create",
      targetType: "price_book_draft",
      targetId: id,
      after: { name, start },
    });
    return { id };
  });
}

/**
 * Changes the name and some prices of a draft; an empty price takes it out. All of them or none.
 * @throws AppError `invalid` by field (`rates.<thing>`: below the base price, far above it, not priced); `not_found`;
 * `conflict` once it is scheduled, or when it was changed after `updatedAt`
 */
export async function saveDraft(
  scope: PartnerScope | PlatformScope,
  { draftId, updatedAt, name, rates: given }: SaveDraftInput,
  now = new Date(),
): Promise<void> {
  authorize(scope, "price_draft.manage");
  await asBook(scope, async (tx) => {
    const { draft, rates } = await lockDraft(tx, scope, draftId, updatedAt);
    const lists = await readLists(tx, scope, now);
    const known = pricedThings(lists, rates, now);
    const problemOf = await problemFinder(tx, scope, lists, now);
    const fields: Record<string, string[]> = {};
    const written: DraftRate[] = [];
    const emptied: string[] = [];
    for (const [key, rateMicros] of given) {
      const asked = parseThingKey(key);
      const thing = asked && known.find((one) => isSameThing(one, asked));
      const before = thing && rates.find((rate) => isSameThing(rate, thing));
      if (!thing) fields[`rates.${key}`] = ["There is no base price for this."];
      else if (rateMicros === null) emptied.push(...(before ? [before.id] : []));
      else if (before?.rateMicros !== rateMicros) {
        const rate = { ...thing, rateMicros };
        const problem = problemOf(rate);
        if (problem) fields[`rates.${key}`] = [problem];
        else written.push(rate);
      }
    }
    if (Object.keys(fields).length > 0)
      throw new AppError("invalid", "Some prices need another look: nothing was saved.", { fields });
    if (written.length === 0 && emptied.length === 0 && name === draft.name) return;
    await writeRates(tx, scope, draftId, written);
    if (emptied.length > 0)
      await tx.delete(priceBookDraftRates).where(inArray(priceBookDraftRates.id, emptied));
    await rename(tx, scope, { id: draftId, name });
    const touched = rates.filter(
      (rate) => emptied.includes(rate.id) || written.some((one) => isSameThing(one, rate)),
    );
    await audit(tx, scope, {
      action: "price_draft.update",
      targetType: "price_book_draft",
      targetId: draftId,
      before: { name: draft.name, rates: told(touched) },
      after: { name, rates: told(written) },
    });
  });
}

/** Drafts a base price of something that may have none yet. @throws AppError `invalid` by field; `not_found`; `conflict` */
export async function addDraftRate(
  scope: PlatformScope,
  { draftId, resourceType, modelKey, rate }: AddDraftRateInput,
): Promise<void> {
  authorize(scope, "price_draft.manage");
  const { unit, isPerModel } = RESOURCES[resourceType];
  const drafted = { resourceType, unit, modelKey: isPerModel ? modelKey : null, rateMicros: rate };
  await asBook(scope, async (tx) => {
    const { draft, rates } = await lockDraft(tx, scope, draftId);
    await writeRates(tx, scope, draftId, [drafted]);
    await rename(tx, scope, draft);
    await audit(tx, scope, {
      action: "price_draft.update",
      targetType: "price_book_draft",
      targetId: draftId,
      before: { rates: told(rates.filter((one) => isSameThing(one, drafted))) },
      after: { rates: told([drafted]) },
    });
  });
}

/**
 * Raises (or lowers) every price of a kind by a percentage, from what is drafted, or else asked today. All or nothing.
 * @throws AppError `invalid` on `percent`, naming what would fall below its base price; `not_found`; `conflict`
 */
export async function raiseDraft(
  scope: PartnerScope | PlatformScope,
  { draftId, updatedAt, kind, percent }: RaiseDraftInput,
  now = new Date(),
): Promise<{ changed: number }> {
  authorize(scope, "price_draft.manage");
  return asBook(scope, async (tx) => {
    const { draft, rates } = await lockDraft(tx, scope, draftId, updatedAt);
    const lists = await readLists(tx, scope, now);
    const raised = pricedThings(lists, rates, now)
      .filter((thing) => kind === "all" || thing.resourceType === kind)
      .flatMap((thing) => {
        const drafted = rates.find((rate) => isSameThing(rate, thing))?.rateMicros;
        const from = drafted ?? bookPriceAt(lists, bookOf(scope), thing, now);
        return from === null ? [] : [{ ...thing, rateMicros: raisedBy(from, percent) }];
      });
    if (raised.length === 0) throw fieldError("kind", "There are no such prices.");
    const problemOf = await problemFinder(tx, scope, lists, now);
    const models = await namesOfModels(
      tx,
      raised.flatMap(({ modelKey }) => modelKey ?? []),
    );
    const problems = raised.flatMap((rate) => {
      const problem = problemOf(rate);
      return problem ? [`${describeResource(rate.resourceType, rate.modelKey, models)}: ${problem}`] : [];
    });
    if (problems.length > 0)
      throw new AppError("invalid", "This goes too far: nothing was changed.", {
        fields: { percent: problems },
      });
    await writeRates(tx, scope, draftId, raised);
    await rename(tx, scope, draft);
    await audit(tx, scope, {
      action: "price_draft.raise",
      targetType: "price_book_draft",
      targetId: draftId,
      before: { rates: told(rates.filter((one) => raised.some((rate) => isSameThing(rate, one)))) },
      after: { kind, thousandthsOfPercent: percent.toString(), rates: told(raised) },
    });
    return { changed: raised.length };
  });
}

/** Throws a draft away. @throws AppError `not_found`; `conflict` once it is scheduled */
export async function deleteDraft(
  scope: PartnerScope | PlatformScope,
  { draftId }: DraftIdInput,
): Promise<void> {
  authorize(scope, "price_draft.manage");
  await asBook(scope, async (tx) => {
    const { draft, rates } = await lockDraft(tx, scope, draftId);
    await tx.delete(priceBookDrafts).where(and(ofBook(scope), eq(priceBookDrafts.id, draftId)));
    await audit(tx, scope, {
      action: "price_draft.delete",
      targetType: "price_book_draft",
      targetId: draftId,
      before: { name: draft.name, rates: told(rates) },
      after: null,
    });
  });
}
