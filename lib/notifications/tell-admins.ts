import "server-only";
import { asWorker } from "@/db/access";
import { jobScope } from "@/lib/auth/scope";
import { log } from "@/lib/log";
import type { NoticeKind } from "./kinds";
import { type Notice, notify } from "./notify";

/** What a tenant's admins are to be told; `id` is where the search goes on. */
export type Told = Pick<Notice, "title" | "body" | "href" | "dedupeKey"> & {
  readonly id: string;
  readonly tenantId: string;
};

/** How many a search gives at once. */
export const TELL_PAGE = 100;

/**
 * Tells admins of everything that is found, in the order of ids: what was told before may be found again, and ends no
 * search. One that fails comes again. @returns how many notices there were
 */
export async function tellAll(
  as: { readonly job: string; readonly kind: NoticeKind },
  find: (after: string | null) => Promise<readonly Told[]>,
): Promise<number> {
  let told = 0;
  for (let after: string | null = null; ; ) {
    const page: readonly Told[] = await find(after);
    told += await tell(as, page);
    after = page.at(-1)?.id ?? null;
    if (page.length < TELL_PAGE) return told;
  }
}

async function tell(
  { job, kind }: { readonly job: string; readonly kind: NoticeKind },
  notices: readonly Told[],
): Promise<number> {
  let told = 0;
  for (const { id: _id, tenantId, ...notice } of notices) {
    try {
      const scope = await jobScope(tenantId, job);
      await asWorker(scope, (tx) => notify(tx, scope, { kind, to: { admins: true }, ...notice }));
      told += 1;
    } catch (error) {
      log.warn({ err: error, tenantId, job }, "a notice could not be told; it is tried again");
    }
  }
  return told;
}
