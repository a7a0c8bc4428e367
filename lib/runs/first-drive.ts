import "server-only";
import type { TenantScope } from "@/db/scope";
import { embedded, isHeld } from "@/inngest/embedded";
import { workScope } from "@/lib/auth/scope";
import { log, withLogContext } from "@/lib/log";
import { DRIVE_MS, type DriveEnd, driveRun } from "./drive";
import { STEPS_AT_ONCE_PER_TENANT } from "./slots";
import type { Known } from "./turn";

/** The engine's name of what drives a run. */
export const DRIVER = "run-execution";

/** More than that are left to the engine alone, which is fair to every tenant. */
const MOST_AT_ONCE = 32;

type FirstDrives = Map<string, { readonly tenantId: string; readonly end: Promise<DriveEnd> }>;

// Next bundles instrumentation and routes apart: what goes on in the process lives on globalThis.
const holder = globalThis as { hirebuddhaFirstDrives?: FirstDrives };

function underWay(): FirstDrives {
  holder.hirebuddhaFirstDrives ??= new Map();
  return holder.hirebuddhaFirstDrives;
}

/**
 * Drives a run that was just written here: a lone run does not wait for the engine, which is told of it as of any other.
 * Its call joins this drive or, should this process end, does its work. Nothing is begun where this process leaves runs to
 * others, has enough to do, or an operator holds the runs.
 * @param known what its start has read of it; null to read it
 * @param told that the engine knows, or could not be told: then a sweep does
 */
export function driveAtOnce(
  scope: TenantScope,
  executionId: string,
  { known, told }: { readonly known: Known | null; readonly told: Promise<void> },
): void {
  const drives = underWay();
  const own = [...drives.values()].filter(({ tenantId }) => tenantId === scope.tenantId).length;
  const { engine } = embedded();
  if (!engine.isRunning || drives.size >= MOST_AT_ONCE || own >= STEPS_AT_ONCE_PER_TENANT) return;
  if (isHeld(DRIVER, scope.tenantId)) return;
  const { tenantId } = scope;
  const options = { budgetMs: DRIVE_MS, known, told };
  const end = engine.outside(() =>
    withLogContext({ tenantId, executionId }, () => driveRun(workScope(scope, DRIVER), executionId, options)),
  );
  drives.set(executionId, { tenantId, end });
  end
    .catch((error: unknown) => log.warn({ err: error, executionId }, "a run is left to the engine"))
    .finally(() => drives.delete(executionId));
}

/** The drive that began where the run was started, while it goes on. */
export function firstDriveOf(tenantId: string, executionId: string): Promise<DriveEnd> | undefined {
  const drive = underWay().get(executionId);
  return drive?.tenantId === tenantId ? drive.end : undefined;
}
