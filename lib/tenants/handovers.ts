import "server-only";
import { and, asc, eq, inArray, isNotNull, isNull } from "drizzle-orm";
import { asSystem, asWorker } from "@/db/access";
import { tenantPartnerHistory as history } from "@/db/schema/partner-money";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { databaseTime } from "@/lib/clock";
import { notify } from "@/lib/notifications/notify";
import { sellerName } from "./seller";

const BATCH = 500;

const untold = and(isNull(history.toldAt), isNotNull(history.effectiveFrom));

/** Workspaces that were not told yet that they came to another seller. */
export async function findHandedOver(): Promise<string[]> {
  const rows = await asSystem("tell-handovers", (tx) =>
    tx
      .select({ tenantId: history.tenantId })
      .from(history)
      .where(untold)
      .orderBy(asc(history.createdAt))
      .limit(BATCH),
  );
  return [...new Set(rows.map(({ tenantId }) => tenantId))];
}

const moment = (at: Date) =>
  `${new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" }).format(at)} UTC`;

/**
 * Tells a workspace's admins who bills them now and from when on, once for each change. Of several changes that were not
 * told yet only the last one matters. @returns how many were told of
 */
export async function tellHandover(scope: TenantScope): Promise<number> {
  authorize(scope, "notice.deliver");
  const isIts = eq(history.tenantId, scope.tenantId);
  const changes = await asSystem("tell-handovers", async (tx) => {
    const rows = await tx
      .select({ id: history.id, partnerId: history.partnerId, from: history.effectiveFrom })
      .from(history)
      .where(and(isIts, untold))
      .orderBy(asc(history.effectiveFrom));
    return Promise.all(rows.map(async (row) => ({ ...row, seller: await sellerName(tx, row.partnerId) })));
  });
  const last = changes.at(-1);
  if (!last?.from) return 0;
  const { id, seller, partnerId, from } = last;
  // Told before it is marked: who is interrupted between the two tells nobody twice, by the key.
  await asWorker(scope, (tx) =>
    notify(tx, scope, {
      kind: "seller_changed",
      title: `Your workspace is billed by ${seller} now`,
      body: [
        `Since ${moment(from)} what you use is sold and billed by ${seller}, at ${partnerId ? "its" : "the platform's"} prices.`,
        "What you used before is billed by who sold it then, in an invoice of its own. Your credit, your plan and your work go on as they are.",
      ].join("\n\n"),
      href: "/app/billing",
      dedupeKey: `seller:${id}`,
      to: { admins: true },
    }),
  );
  await asSystem("tell-handovers", (tx) =>
    tx
      .update(history)
      .set({ toldAt: databaseTime() })
      .where(
        inArray(
          history.id,
          changes.map((change) => change.id),
        ),
      ),
  );
  return 1;
}
