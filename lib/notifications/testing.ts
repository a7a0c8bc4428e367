import { sql } from "drizzle-orm";
import { asTenant, asWorker } from "@/db/access";
import { webhookDeliveries } from "@/db/schema/notifications";
import { newId } from "@/lib/ids";
import type { TestTenant } from "@/lib/testing/scopes";
import { notify } from "./notify";
import { listDeliveries } from "./queries/endpoints";

/** Tells the tenant's endpoints of something of its own. */
export function tell({ job }: TestTenant): Promise<void> {
  return asWorker(job, (tx) =>
    notify(tx, job, {
      kind: "schedule_off",
      title: "Nightly is off",
      body: "It failed too often.",
      href: "/app/workflows",
      dedupeKey: newId(),
      to: {},
    }),
  );
}

/** What an endpoint was sent, newest first. */
export async function messagesTo({ admin }: TestTenant, endpointId: string) {
  return (await listDeliveries(admin, endpointId, {})).items;
}

/** As if the waiting were over. */
export function makeDue({ admin }: TestTenant): Promise<unknown> {
  return asTenant(admin, (tx) => tx.update(webhookDeliveries).set({ nextAttemptAt: sql`now()` }));
}
