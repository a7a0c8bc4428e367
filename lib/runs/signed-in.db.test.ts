import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { database } from "@/db/pool";
import { json } from "@/e2e/provider/replies";
import { createCredential } from "@/lib/credentials/commands";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { testNode } from "@/lib/workflows/graph-testing";
import { startRun } from "./commands/start";
import { executeNode } from "./execute-node";
import { chain, publishGraph, readRun, seedRunPrices } from "./testing";

/** A service on this machine, and the setting that lets nodes reach it, before anything reads the settings. */
const service = await vi.hoisted(async () => {
  const { startProvider } = await import("@/e2e/provider/server");
  const started = await startProvider();
  process.env.OUTBOUND_ALLOW = started.host;
  return started;
});

withTestDatabase();

const VALUE = "Bearer crm-canary-5678";
const CANARY = "canary-5678";

let tenant: TestTenant;
beforeAll(seedRunPrices);
afterAll(() => service.close());
beforeEach(async () => {
  tenant = await makeTenant();
  service.reset();
});

const signIn = (hosts: string[]) =>
  createCredential(tenant.admin, { name: "CRM", headerName: "X-Api-Key", hosts, value: VALUE });

/** Runs one request that signs in, and gives its step as it is stored. */
async function call(credentialId: string, given: Record<string, unknown> = {}) {
  const node = testNode("call", "http", {
    ...{ method: "GET", url: `http://${service.host}/contacts`, headers: [], body: "" },
    ...{ allowedStatus: [], timeoutMs: 5_000, credentialId },
    ...given,
  });
  const workflowId = await publishGraph(tenant.admin, "Sync", chain([node], "done"));
  const start = { workflowId, useDraft: false, input: { text: "Hi" } };
  const { executionId } = await startRun(tenant.admin, start);
  await executeNode(tenant.job, { executionId, nodeId: "input" });
  await executeNode(tenant.job, { executionId, nodeId: "call" });
  return (await readRun(tenant.job, executionId)).steps.find((row) => row.nodeId === "call");
}

/** The tables in which a text stands anywhere. */
async function tablesHolding(text: string): Promise<string[]> {
  const { pool } = await database();
  const { rows: tables } = await pool.query<{ name: string }>(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')",
  );
  const holding: string[] = [];
  for (const { name } of tables) {
    const found = await pool.query(`select from ${name} as t where t::text like $1 limit 1`, [`%${text}%`]);
    if (found.rowCount !== 0) holding.push(name);
  }
  return holding;
}

it("signs in by the credential's header, and its value is nowhere in the database", async () => {
  const { id } = await signIn(["127.0.0.1"]);
  service.play(json(200, { youSent: VALUE, key: "crm-canary-5678" }));
  const headers = [{ name: "x-api-key", value: "typed" }];
  const step = await call(id, { headers, method: "POST", body: "{}" });
  expect(service.requests[0]?.headers["x-api-key"]).toBe(VALUE);
  expect(step).toMatchObject({ status: "completed", output: { body: { youSent: "•••", key: "•••" } } });
  expect(step?.input).not.toHaveProperty("credentialId");
  expect(await tablesHolding("x-api-key")).not.toEqual([]);
  expect(await tablesHolding(CANARY)).toEqual([]);
});

it("also keeps it out of what it says of a refusal", async () => {
  const { id } = await signIn(["127.0.0.1"]);
  service.play(json(403, { error: `${VALUE} may not` }));
  const step = await call(id);
  expect(step).toMatchObject({ status: "failed", errorCode: "http_403" });
  expect(step?.errorMessage).toContain("••• may not");
  expect(await tablesHolding(CANARY)).toEqual([]);
});

it("calls nobody that it is not for", async () => {
  const { id } = await signIn(["api.crm.example"]);
  const step = await call(id);
  expect(step).toMatchObject({
    status: "failed",
    attempt: 1,
    errorCode: "credential_host",
    errorMessage: "“call”: the credential “CRM” is for api.crm.example and is not sent to 127.0.0.1.",
  });
  expect(service.requests).toEqual([]);
});

it("opens a value for its own credential alone, and says of which it cannot", async () => {
  const { id } = await signIn(["127.0.0.1"]);
  const { pool } = await database();
  const { rows } = await pool.query<{ id: string }>(
    "insert into credentials (id, tenant_id, name, header_name, hosts, sealed_value, last_four) select gen_random_uuid(), tenant_id, 'Copy', header_name, hosts, sealed_value, last_four from credentials where id = $1 returning id",
    [id],
  );
  const step = await call(rows[0]?.id ?? "");
  expect(step).toMatchObject({
    status: "failed",
    errorCode: "credential_unreadable",
    errorMessage: "“call”: the value of the credential “Copy” cannot be opened.",
  });
  expect(service.requests).toEqual([]);
});
