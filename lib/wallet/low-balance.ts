import "server-only";
import { and, eq, isNotNull, isNull, or, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { wallets } from "@/db/schema/wallets";
import type { TenantScope } from "@/db/scope";
import { currentTime } from "@/lib/clock";
import { formatMicros, microsFromNumeric } from "@/lib/money";
import { notify } from "@/lib/notifications/notify";
import { leftOf } from "./store";

const isLow = sql`${leftOf} < ${wallets.lowWater}`;

/** Tenants whose balance has fallen below what they named and who are to be told, or has risen above it again. */
export async function findLow(tx: Tx): Promise<string[]> {
  const rows = await tx
    .select({ tenantId: wallets.tenantId })
    .from(wallets)
    .where(
      and(
        isNotNull(wallets.lowWater),
        or(and(isLow, isNull(wallets.lowToldAt)), and(sql`not ${isLow}`, isNotNull(wallets.lowToldAt))),
      ),
    );
  return rows.map((row) => row.tenantId);
}

/** Tells a tenant's admins that the balance has fallen below what they named, once each time. @returns whether it is new */
export async function tellLow(tx: Tx, scope: TenantScope): Promise<boolean> {
  const theirs = eq(wallets.tenantId, scope.tenantId);
  const [wallet] = await tx
    .select({
      lowWater: wallets.lowWater,
      toldAt: wallets.lowToldAt,
      left: sql<string>`(${leftOf})::numeric(18,6)`,
      isLow: sql<boolean>`coalesce(${isLow}, false)`,
    })
    .from(wallets)
    .where(theirs)
    .for("no key update");
  if (!wallet || wallet.isLow === (wallet.toldAt !== null)) return false;
  const at = currentTime();
  await tx
    .update(wallets)
    .set({ lowToldAt: wallet.isLow ? at : null })
    .where(theirs);
  if (!wallet.isLow) return false;
  const left = microsFromNumeric(wallet.left);
  await notify(tx, scope, {
    kind: "credit_low",
    title: `Your balance is below ${formatMicros(microsFromNumeric(wallet.lowWater ?? "0"))}`,
    body: `${formatMicros(left > 0n ? left : 0n)} is left to spend. When nothing is left, runs and documents wait until credit is added.`,
    href: "/app/billing",
    dedupeKey: `credit_low:${at.toISOString()}`,
    to: { admins: true },
  });
  return true;
}
