import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { database } from "@/db/pool";
import { until } from "@/inngest/engine/testing";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { startProgram } from "@/lib/testing/program";

withTestDatabase();

const SETTINGS = {
  NODE_ENV: "production",
  LOG_LEVEL: "info",
  AUTH_SECRET: "s".repeat(40),
  HB_KEYS: `main:${Buffer.alloc(32, 7).toString("base64")}`,
};
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0))
    if (child.exitCode === null && child.kill()) await once(child, "exit");
});

/** A worker, and what it has said so far. */
async function startWorker(env: Record<string, string>) {
  const child = await startProgram("scripts/serve/worker.ts", [], { env: { ...SETTINGS, ...env } });
  children.push(child);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (said += chunk));
  return { child, said: () => said };
}

async function lastWords(env: Record<string, string>): Promise<{ code: number | null; said: string }> {
  const { child, said } = await startWorker(env);
  await once(child, "close");
  return { code: child.exitCode, said: said() };
}

it("a worker with a wrong setting ends with a sentence that names it", async () => {
  const { code, said } = await lastWords({
    DATABASE_URL: "postgres://a@127.0.0.1:1/a",
    SMTP_URL: "mail.example.com",
  });
  expect(said).toBe(
    "Cannot start a worker: the setting SMTP_URL is not valid: set it to an smtp:// address, or leave it unset for the outbox page.\n",
  );
  expect(code).toBe(1);
});

it("a worker whose database server is not there ends with a sentence without its password", async () => {
  const { code, said } = await lastWords({ DATABASE_URL: "postgres://a:sesame-77@127.0.0.1:1/a" });
  expect(said).toMatch(
    /^Cannot start a worker: The database server 127\.0\.0\.1:1 cannot be reached .*running\.\n$/,
  );
  expect(said).not.toContain("sesame-77");
  expect(code).toBe(1);
});

describe.runIf(testServerUrl())("a database of the version before", () => {
  it("keeps a worker waiting until it is migrated", async () => {
    const { pool, connectionString } = await database();
    await pool.query("alter schema drizzle rename to elsewhere");
    const worker = await startWorker({ DATABASE_URL: connectionString ?? "" });
    await until("it to say that it waits", () => /"database":"unmigrated".*waits/.test(worker.said()));
    expect(worker.said()).not.toContain("engine started");
    await pool.query("alter schema elsewhere rename to drizzle");
    await until("it to work", () => worker.said().includes("worker is ready"));
  });
});
