import "server-only";
import { eq, inArray, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { partners, tenants } from "@/db/schema/auth";
import type { PartnerScope, PlatformScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { fieldError } from "@/lib/errors";
import type { Micros } from "@/lib/money";
import { type RiseAbove, replayPrices, risesAbove } from "../book";
import type { SimulateInput } from "../input";
import { type CapReach, type CreditReach, capsReached, creditReached } from "../reach";
import { replay, usedThings } from "../replay";
import { type Figures, linesBy, type ResourceLine, resourceLines, sumUp } from "../simulate";
import { asBook, bookOf, readDraft, readLists, type StoredDraft } from "../store";
import { defaultWindow, type ReplayWindow, windowOf } from "../window";

export type CustomerLine = Figures & {
  readonly tenantId: string;
  readonly name: string;
  /** Who sold it, for the platform; null for direct customers. */
  readonly partnerName: string | null;
  readonly caps: readonly CapReach[];
  readonly credit: CreditReach | null;
};

export type Simulation = {
  readonly draft: Pick<StoredDraft, "id" | "name" | "status" | "effectiveFrom" | "isWithdrawn">;
  readonly window: ReplayWindow;
  readonly totals: Figures;
  readonly customers: readonly CustomerLine[];
  readonly resources: readonly ResourceLine[];
  /** By partner, for the platform. */
  readonly partners: readonly (Figures & { partnerId: string; name: string })[];
  /** What direct customers pay, for the platform. */
  readonly direct: Figures;
  readonly rises: readonly (RiseAbove & { name: string })[];
  /** What was billed to customers who have left since: it is not replayed. */
  readonly left: { readonly customers: number; readonly billed: Micros };
};

/** The customers whose prices these are: for a partner those it has today, for the platform everybody. */
async function namesOfCustomers(tx: Tx, scope: PartnerScope | PlatformScope): Promise<Map<string, string>> {
  const rows = await tx
    .select({ id: tenants.id, name: tenants.name })
    .from(tenants)
    .where(scope.kind === "partner" ? eq(tenants.partnerId, scope.partnerId) : undefined);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

async function namesOfPartners(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .select({ id: partners.id, name: partners.name })
    .from(partners)
    .where(inArray(partners.id, [...ids]));
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/**
 * The ledger of a window at the prices of a draft, beside today's prices and what was billed: by customer, by resource and
 * in all, with the partner's margin, whose caps or credit would not have been enough, and for base prices whose prices they
 * would rise above. Corrections count as in the ledger. It reads one state of the books and writes nothing.
 *
 * @throws AppError `not_found`, also for another partner's draft; `invalid` on `window`: no month that is over
 */
export async function simulateDraft(
  scope: PartnerScope | PlatformScope,
  { draftId, window: key }: SimulateInput,
  now = new Date(),
): Promise<Simulation> {
  authorize(scope, "price_draft.read");
  const window = key ? windowOf(key, now) : defaultWindow(now);
  if (!window) throw fieldError("window", "Choose a month that is over, or the last 30 days.");
  return asBook(scope, async (tx) => {
    await tx.execute(sql`set transaction isolation level repeatable read, read only`);
    const { draft, rates } = await readDraft(tx, scope, draftId);
    const lists = await readLists(tx, scope, now);
    const book = { partnerId: bookOf(scope), rates };
    const prices = replayPrices(await usedThings(tx, scope, window), lists, book, now);
    const names = await namesOfCustomers(tx, scope);
    const all = await replay(tx, scope, window, prices);
    const groups = all.filter(({ tenantId }) => names.has(tenantId));
    const gone = all.filter(({ tenantId }) => !names.has(tenantId));
    const lines = linesBy(groups, ({ tenantId }) => tenantId);
    const caps = Map.groupBy(await capsReached(tx, scope, window, prices), ({ tenantId }) => tenantId);
    const short = await creditReached(tx, new Map(lines.map((line) => [line.key, line.next - line.now])));
    const credit = new Map(short.map((reach) => [reach.tenantId, reach]));
    const isBase = scope.kind === "platform";
    const sellers = new Map(groups.map((group) => [group.tenantId, group.price.partnerId]));
    const rises = risesAbove(book, lists, now);
    const partnerNames = isBase
      ? await namesOfPartners(tx, [
          ...new Set([
            ...rises.map((rise) => rise.partnerId),
            ...[...sellers.values()].flatMap((id) => id ?? []),
          ]),
        ])
      : new Map<string, string>();
    const sold = groups.filter(({ price }) => isBase && price.partnerId !== null);
    return {
      draft,
      window,
      totals: sumUp(groups),
      customers: lines.map(({ key: tenantId, ...figures }) => ({
        ...figures,
        tenantId,
        name: names.get(tenantId) ?? "",
        partnerName: partnerNames.get(sellers.get(tenantId) ?? "") ?? null,
        caps: caps.get(tenantId) ?? [],
        credit: credit.get(tenantId) ?? null,
      })),
      resources: resourceLines(groups, isBase),
      partners: linesBy(sold, ({ price }) => price.partnerId ?? "").map(({ key: partnerId, ...figures }) => ({
        ...figures,
        partnerId,
        name: partnerNames.get(partnerId) ?? "",
      })),
      direct: sumUp(groups.filter(({ price }) => price.partnerId === null)),
      rises: rises.map((rise) => ({ ...rise, name: partnerNames.get(rise.partnerId) ?? "" })),
      left: { customers: new Set(gone.map(({ tenantId }) => tenantId)).size, billed: sumUp(gone).billed },
    };
  });
}
