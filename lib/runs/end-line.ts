import { asWorker, type Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { TenantLine } from "./tenant-line";

/**
 * Transactions of a tenant that end a run here at a time, or let one go on that waited: they wait for the place in line in
 * the database, each with a connection.
 */
export const MOST_ENDING = 4;

const line = new TenantLine("end", MOST_ENDING);

/** A transaction that ends runs of the tenant or lets them go on, when few others of this process are at it. */
export function endingAsWorker<T>(scope: TenantScope, work: (tx: Tx) => Promise<T>): Promise<T> {
  return line.inTurn(scope.tenantId, () => asWorker(scope, work));
}

/** Whether a transaction that has begun may end a run: not while enough others of this process are at it. */
export type MayEnd = () => boolean;

/** Runs a transaction that ends a run if it may. */
export function mayBeEnding<T>(scope: TenantScope, work: (mayEnd: MayEnd) => Promise<T>): Promise<T> {
  return line.atOnce(scope.tenantId, work);
}
