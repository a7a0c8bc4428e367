import { TenantLine } from "./tenant-line";

/** Transactions of a tenant that write a run here at a time. They wait for each other in the database, each with a connection. */
export const MOST_WRITING = 2;

const line = new TenantLine("start", MOST_WRITING);

/** Does what writes a run of the tenant when few others of this process are at it, in the order they came. */
export function inStartLine<T>(tenantId: string, write: () => Promise<T>): Promise<T> {
  return line.inTurn(tenantId, write);
}
