import "server-only";
import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { madeOnce } from "@/db/made-once";
import { workflows } from "@/db/schema/ai";
import { aiModels } from "@/db/schema/config";
import type { TenantScope } from "@/db/scope";
import type { Statement } from "@/db/statements";
import { AppError } from "@/lib/errors";
import type { StartRunInput } from "./input";
import { lastPublished } from "./published";
import { checkedInput, type RunTarget, workflowPins } from "./target";

/** A target as it was when it was last looked at, and what tells whether it still is: a row, or none. */
export type AssumedTarget = {
  readonly target: RunTarget;
  /** Names what is assumed: the same of the same key. */
  readonly key: string;
  readonly confirm: (tx: Tx) => Statement<unknown[]>;
};

/**
 * What a request will run if its workflow is still published as this process saw it last, so that looking and starting
 * are one transaction. Null when it was not seen, or when the request has to be looked at to be refused.
 */
export function assumedTarget(scope: TenantScope, request: StartRunInput): AssumedTarget | null {
  if ("agentId" in request || request.useDraft) return null;
  const last = lastPublished(scope, request.workflowId);
  if (!last) return null;
  const { workflowId, versionId, graph, models } = last;
  try {
    const input = checkedInput(graph, request.input);
    const target = { ...workflowPins(workflowId, versionId, input, graph), pinnedVersions: null };
    return {
      target,
      key: versionId,
      confirm: (tx) =>
        confirmation(tx, { tenantId: scope.tenantId, workflowId, versionId, models: [...models] }),
    };
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

type Assumption = {
  readonly tenantId: string;
  readonly workflowId: string;
  readonly versionId: string;
  readonly models: string[];
};

const MODELS = sql`${sql.placeholder("models")}::varchar[]`;

const confirmation = madeOnce<Assumption, { id: string }[]>((tx) => {
  const isActiveModel = and(
    sql`${aiModels.modelKey} = any(${MODELS})`,
    eq(aiModels.modelType, "text"),
    eq(aiModels.isActive, true),
  );
  return tx
    .select({ id: workflows.id })
    .from(workflows)
    .where(
      and(
        eq(workflows.tenantId, sql.placeholder("tenantId")),
        eq(workflows.id, sql.placeholder("workflowId")),
        eq(workflows.publishedVersionId, sql.placeholder("versionId")),
        sql`${workflows.isActive} is not false`,
        sql`(select count(*) from ${aiModels} where ${isActiveModel}) = cardinality(${MODELS})`,
      ),
    );
});
