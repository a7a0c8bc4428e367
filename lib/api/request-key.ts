import { v5 } from "uuid";
import type { TenantScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import type { Operation } from "./operation";

/**
 * What a verb tells one press from another by, for a call: the same `Idempotency-Key` gives the same one. Keys of other
 * operations and of other workspaces are others; without a key every call is a press of its own.
 */
export function requestKeyOf(
  { tenantId }: Pick<TenantScope, "tenantId">,
  { id }: Pick<Operation, "id">,
  idempotencyKey: string | null,
): string {
  return idempotencyKey === null ? newId() : v5(`${id}:${idempotencyKey}`, tenantId);
}

/** What says that an earlier call has done it. */
export function replayed(isReplay: boolean): Record<string, string> {
  return isReplay ? { "idempotency-replayed": "true" } : {};
}
