import { createHash } from "node:crypto";
import { and, desc, eq, inArray, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { reconciliationFindings } from "@/db/schema/reconciliation";
import type { Found } from "./check";

/** More of one check than a person looks at: what is over is not noted. */
const MAX_NOTED = 200;

const f = reconciliationFindings;

function hashOf({ subject, detail }: Found): string {
  return createHash("sha256")
    .update(JSON.stringify([subject, detail]))
    .digest("hex");
}

type Known = { id: string; subjectKey: string; status: string; detailHash: string };

/** The newest row about each subject. */
async function newestOf(tx: Tx, checkId: string, keys: readonly string[]): Promise<Map<string, Known>> {
  if (keys.length === 0) return new Map();
  const rows = await tx
    .selectDistinctOn([f.subjectKey], {
      id: f.id,
      subjectKey: f.subjectKey,
      status: f.status,
      detailHash: f.detailHash,
    })
    .from(f)
    .where(and(eq(f.checkId, checkId), inArray(f.subjectKey, [...keys])))
    .orderBy(f.subjectKey, desc(f.id));
  return new Map(rows.map((row) => [row.subjectKey, row]));
}

/**
 * Notes what a check found: one open row a subject for as long as it is found, and none while somebody's decision about
 * the very same still holds. What is open and was not found any more is closed.
 */
export async function noteFindings(
  tx: Tx,
  { runId, checkId, now }: { runId: string; checkId: string; now: Date },
  found: readonly Found[],
  isFixed: ReadonlySet<string>,
): Promise<void> {
  const noted = found.slice(0, MAX_NOTED);
  const known = await newestOf(
    tx,
    checkId,
    noted.map(({ key }) => key),
  );
  for (const one of noted) {
    const before = known.get(one.key);
    const detailHash = hashOf(one);
    const fixed = isFixed.has(one.key)
      ? { status: "fixed", decidedAt: now, decisionNote: "Put right by itself." }
      : {};
    const seen = { subject: one.subject, detail: one.detail, detailHash, lastSeenAt: now, ...fixed };
    if (before?.status === "open") await tx.update(f).set(seen).where(eq(f.id, before.id));
    else if (before && before.status !== "fixed" && before.detailHash === detailHash)
      await tx.update(f).set({ lastSeenAt: now }).where(eq(f.id, before.id));
    else
      await tx
        .insert(f)
        .values({ runId, checkId, subjectKey: one.key, ...seen })
        .onConflictDoNothing();
  }
  if (found.length > MAX_NOTED) return;
  const keys = JSON.stringify(noted.map(({ key }) => key));
  await tx
    .update(f)
    .set({ status: "fixed", decidedAt: now, decisionNote: "Not found any more." })
    .where(
      and(
        eq(f.checkId, checkId),
        eq(f.status, "open"),
        sql`${f.subjectKey} not in (select jsonb_array_elements_text(${keys}::jsonb))`,
      ),
    );
}
