import "server-only";
import type { TenantScope } from "@/db/scope";
import { embedded, isHeld } from "@/inngest/embedded";
import { workScope } from "@/lib/auth/scope";
import { log, withLogContext } from "@/lib/log";
import { DRIVE_MS, type DriveEnd, type DriveOptions, driveRun } from "./drive";
import type { Known } from "./known";
import { STEPS_AT_ONCE_PER_TENANT } from "./slots";

/** The engine's name of what drives a run. */
export const DRIVER = "run-execution";

/** More than that are left to the engine alone, which is fair to every tenant. */
const MOST_AT_ONCE = 32;

type FirstDrives = {
  readonly byRun: Map<string, { readonly tenantId: string; readonly end: Promise<DriveEnd> }>;
  /** Tenants with a run that is being written, which is driven then. */
  readonly expected: Set<string>;
};

// Next bundles instrumentation and routes apart: what goes on in the process lives on globalThis.
const holder = globalThis as { hirebuddhaFirstDrives?: FirstDrives };

function underWay(): FirstDrives {
  holder.hirebuddhaFirstDrives ??= { byRun: new Map(), expected: new Set() };
  return holder.hirebuddhaFirstDrives;
}

function mayDrive({ tenantId }: TenantScope): boolean {
  const { byRun, expected } = underWay();
  const own = [...byRun.values()].filter((drive) => drive.tenantId === tenantId).length;
  const all = byRun.size + expected.size;
  if (!embedded().engine.isRunning || all >= MOST_AT_ONCE || own >= STEPS_AT_ONCE_PER_TENANT) return false;
  return !isHeld(DRIVER, tenantId);
}

/** The promise to drive a run that is being written: its transaction may take the first turn. */
export type ExpectedDrive = {
  /** Drives it on; only once, after the commit, or where nobody knows whether that was made. */
  readonly begin: (executionId: string, start: Pick<DriveOptions, "first" | "tried">) => void;
  /** Leaves it to others. */
  readonly leave: () => void;
};

/**
 * Keeps a place for the drive of a run that is about to be written. Null where it will not be driven here, or another
 * start of the tenant is at it: the first turn holds the tenant's slots, which others then wait for.
 */
export function expectDrive(scope: TenantScope): ExpectedDrive | null {
  const { expected } = underWay();
  if (expected.has(scope.tenantId) || !mayDrive(scope)) return null;
  expected.add(scope.tenantId);
  const leave = () => void expected.delete(scope.tenantId);
  const begin: ExpectedDrive["begin"] = (executionId, start) => {
    leave();
    drive(scope, executionId, start);
  };
  return { begin, leave };
}

/**
 * Drives a run that was just written here: a lone run does not wait for the engine, which knows of it as of any other.
 * Its call joins this drive or, should this process end, does its work. Nothing is begun where this process leaves runs to
 * others, has enough to do, or an operator holds the runs.
 * @param known what its start has read of it; null to read it
 * @returns whether it is driven here
 */
export function driveAtOnce(scope: TenantScope, executionId: string, known: Known | null): boolean {
  const may = mayDrive(scope);
  if (may) drive(scope, executionId, { known });
  return may;
}

/** @param start what its start knows of it: as it was read, as its first turn left it, or what that may have claimed */
function drive(scope: TenantScope, executionId: string, start: Omit<DriveOptions, "budgetMs">): void {
  const { tenantId } = scope;
  const options = { budgetMs: DRIVE_MS, ...start };
  const end = embedded().engine.outside(() =>
    withLogContext({ tenantId, executionId }, () => driveRun(workScope(scope, DRIVER), executionId, options)),
  );
  const { byRun } = underWay();
  byRun.set(executionId, { tenantId, end });
  end
    .catch((error: unknown) => log.warn({ err: error, executionId }, "a run is left to the engine"))
    .finally(() => byRun.delete(executionId));
}

/** The drive that began where the run was started, while it goes on. */
export function firstDriveOf(tenantId: string, executionId: string): Promise<DriveEnd> | undefined {
  const known = underWay().byRun.get(executionId);
  return known?.tenantId === tenantId ? known.end : undefined;
}
