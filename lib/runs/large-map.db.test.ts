import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { beforeAll, expect, it, vi } from "vitest";
import { database } from "@/db/pool";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
import { start } from "./commands/testing";
import { driveTree, inside, line, mapNode, standsOf } from "./nested-testing";
import { driveOn } from "./paid-testing";
import { publishGraph, readRun, seedRunPrices, transformNode } from "./testing";

withTestDatabase();
vi.setConfig({ testTimeout: 60_000 });
beforeAll(() => seedRunPrices());

it.runIf(testServerUrl())(
  "a map whose items gave more than a process can take in fails, as one that gave a little too much",
  async () => {
    const tenant = await makeTenant();
    const items = `"${",".repeat(999)}".split(",")`;
    const graph = line([mapNode("each", items, { maxItems: 1_000 })], {
      more: inside("each", transformNode("t", { x: "1" })),
    });
    const executionId = await start(tenant, await publishGraph(tenant.admin, "Large", graph));
    await driveOn(tenant, executionId);
    // All items but the first have given 600 kB each.
    const db = drizzle((await database()).pool);
    await db.execute(sql`
    insert into executions (id, tenant_id, workflow_id, workflow_version_id, status, input_data, result_data, trigger,
      parent_execution_id, parent_step_id, root_execution_id, depth, item_index, body_node_id)
    select gen_random_uuid(), c.tenant_id, c.workflow_id, c.workflow_version_id, 'completed', '{}',
      json_build_object('value', repeat('x', 600000)), 'workflow', c.parent_execution_id, c.parent_step_id, c.root_execution_id, c.depth, n, c.body_node_id
    from executions c cross join generate_series(1, 999) n where c.parent_execution_id = ${executionId}`);
    await db.execute(sql`update execution_steps set detail = '{"total": 1000, "done": 999, "failed": 0, "started": 1000}'
    where execution_id = ${executionId} and node_id = 'each'`);
    expect(await driveTree(tenant, executionId)).toBe("failed");
    expect((await readRun(tenant.job, executionId)).run).toMatchObject({
      errorCode: "output_too_large",
      errorNodeId: "each",
    });
    expect(await standsOf(tenant, executionId)).toHaveLength(1_001);
  },
);
