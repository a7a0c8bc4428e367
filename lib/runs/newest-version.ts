import "server-only";
import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { workflows, workflowVersions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { sameAsPublished, workflowIs } from "@/lib/workflows/store";
import type { SourceRun } from "./source";

/** What a run follows that is resumed or replayed on the newest version. */
export type NewestVersion =
  | { readonly of: "agent" }
  | { readonly of: "draft" }
  | {
      readonly of: "published";
      /** Null while nothing is published. */
      readonly version: number | null;
      /** The draft has changes that are not in it. */
      readonly isDraftNewer: boolean;
    };

/** What the newest version is for a run: of a draft that was never published the draft, else what is published. */
export async function newestVersionFor(
  tx: Tx,
  scope: TenantScope,
  source: SourceRun,
): Promise<NewestVersion> {
  const { workflowId } = source;
  if (!workflowId) return { of: "agent" };
  if (source.isDraftRun) return { of: "draft" };
  const [found] = await tx
    .select({ version: workflowVersions.version, isDraftNewer: sql<boolean>`${sameAsPublished} is not true` })
    .from(workflows)
    .leftJoin(
      workflowVersions,
      and(
        eq(workflowVersions.tenantId, workflows.tenantId),
        eq(workflowVersions.id, workflows.publishedVersionId),
      ),
    )
    .where(workflowIs(scope, workflowId));
  return { of: "published", version: found?.version ?? null, isDraftNewer: found?.isDraftNewer ?? false };
}
