import { beforeAll, beforeEach, expect, it } from "vitest";
import { asSystem } from "@/db/access";
import { database } from "@/db/pool";
import { partnerMembers } from "@/db/schema/auth";
import { setUserActive } from "@/lib/admin/commands/tenants";
import { readBell } from "@/lib/notifications/queries/inbox";
import { removePartnerMember } from "@/lib/partners/commands/team";
import { start } from "@/lib/runs/commands/testing";
import { driveTree } from "@/lib/runs/nested-testing";
import { outputNode, publishGraph, seedRunPrices } from "@/lib/runs/testing";
import { deactivateMember } from "@/lib/team/commands";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { remindApprovers } from "./sweep";
import { list } from "./testing";

withTestDatabase();
beforeAll(() => seedRunPrices());

let tenant: TestTenant;
beforeEach(async () => {
  tenant = await makeTenant();
});

/** A question that only the member was asked. */
async function askMember(): Promise<string> {
  const asked = { title: "Pay?", message: "", fields: [], who: "people", userIds: [tenant.memberId] };
  const graph = testGraph(
    [
      testNode("input", "input"),
      testNode("ask", "approval", asked),
      outputNode("output", { result: "paid" }),
    ],
    [testEdge("input", "ask"), testEdge("ask", "output", "approved")],
  );
  await driveTree(tenant, await start(tenant, await publishGraph(tenant.admin, "Ask", graph)));
  const [question] = await list(tenant.member, "mine");
  if (!question) throw new Error("nothing was asked");
  return question.id;
}

/** While nothing of the workspace's questions can be changed. */
async function whileUnchangeable(work: () => Promise<void>): Promise<void> {
  const { pool } = await database();
  await pool.query(`
    create function refuses() returns trigger language plpgsql as $$
    begin raise exception 'not now'; end $$;
    create trigger refuses before update on approvals for each row
    when (new.tenant_id = '${tenant.tenantId}') execute function refuses()`);
  try {
    await work();
  } finally {
    await pool.query("drop trigger refuses on approvals; drop function refuses()");
  }
}

type Taking = () => Promise<() => Promise<unknown>>;

it.each<[string, Taking]>([
  [
    "an admin of the workspace",
    async () => () => deactivateMember(tenant.admin, { userId: tenant.memberId }),
  ],
  [
    "the operator of the platform",
    async () => {
      const operator = await makePlatform();
      return () => setUserActive(operator, { userId: tenant.memberId, isActive: false, reason: "has left" });
    },
  ],
  [
    "the partner whose team they were in",
    async () => {
      const { partnerId, scope } = await makePartner();
      const userId = tenant.memberId;
      await asSystem("test", (tx) => tx.insert(partnerMembers).values({ partnerId, userId }));
      return () => removePartnerMember(scope, { userId });
    },
  ],
])("%s takes somebody's access only together with what tells the admins", async (_by, prepare) => {
  const approvalId = await askMember();
  const takeAway = await prepare();
  await whileUnchangeable(() => expect(takeAway()).rejects.toThrow());
  expect((await list(tenant.member, "mine")).map(({ id }) => id)).toEqual([approvalId]);
  expect(await list(tenant.admin, "mine")).toEqual([]);
  await takeAway();
  expect((await list(tenant.admin, "mine")).map(({ id }) => id)).toEqual([approvalId]);
  expect(await remindApprovers(tenant.job)).toBe(1);
  const told = (await readBell(tenant.admin)).latest.map(({ href }) => href);
  expect(told).toEqual([`/app/approvals/${approvalId}`]);
});
