import { asTenant } from "@/db/access";
import { triggerDeliveries } from "@/db/schema/triggers";
import type { TenantScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import { outputNode, publishGraph } from "@/lib/runs/testing";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { createTrigger } from "./commands/manage";
import { createTriggerInput } from "./input";
import { getTrigger } from "./queries";
import { deliveriesOf } from "./store";

/** A published workflow that asks for a customer and a number and greets them. @returns its id */
export function publishGreeting(scope: TenantScope): Promise<string> {
  const fields = [
    { key: "customer", label: "Customer", type: "text", required: true },
    { key: "total", label: "Total", type: "number", required: false },
  ];
  const graph = testGraph(
    [
      testNode("input", "input", { fields }),
      outputNode("output", { greeting: "Hello {{ input.customer }}" }),
    ],
    [testEdge("input", "output")],
  );
  return publishGraph(scope, `Greeting ${newId()}`, graph);
}

/** A trigger of the workflow. @returns its id, and its address and signing secret when it has them */
export async function makeTrigger(
  scope: TenantScope,
  workflowId: string,
  kind: "webhook" | "schedule" | "form",
  settings: Record<string, unknown>,
): Promise<{ id: string; token: string; signing: string }> {
  const { id } = await createTrigger(
    scope,
    createTriggerInput.parse({ kind, workflowId, name: `A ${kind}`, settings }),
  );
  const { access } = await getTrigger(scope, id);
  return { id, token: access?.address.split("/").at(-1) ?? "", signing: access?.signing ?? "" };
}

/** Every row of a trigger's deliveries, oldest first. */
export function deliveryRows(scope: TenantScope, triggerId: string) {
  return asTenant(scope, (tx) =>
    tx.select().from(triggerDeliveries).where(deliveriesOf(scope, triggerId)).orderBy(triggerDeliveries.id),
  );
}
