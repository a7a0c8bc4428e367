import type { TenantScope } from "@/db/scope";
import type { Graph } from "@/lib/workflows/graph";

/** A published version that refers to nothing outside of it but models: while these are active, it stays sound until another is published. */
export type Published = {
  readonly workflowId: string;
  readonly versionId: string;
  readonly graph: Graph;
  readonly models: readonly string[];
};

const MOST_REMEMBERED = 1_000;

const published = new Map<string, Published>();

const keyOf = (scope: TenantScope, workflowId: string) => `${scope.tenantId}:${workflowId}`;

/** Keeps what was published when this process last looked. */
export function rememberPublished(scope: TenantScope, found: Published): void {
  const key = keyOf(scope, found.workflowId);
  published.delete(key);
  published.set(key, found);
  const oldest = published.keys().next().value;
  if (published.size > MOST_REMEMBERED && oldest) published.delete(oldest);
}

/** What was published when this process last looked; another may have been published since. */
export function lastPublished(scope: TenantScope, workflowId: string): Published | undefined {
  return published.get(keyOf(scope, workflowId));
}
