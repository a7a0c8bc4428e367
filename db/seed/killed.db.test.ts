import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { database } from "@/db/pool";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { startProgram } from "@/lib/testing/program";
import { readDemoSoFar } from "./demo-file";
import { canSignIn } from "./people";

withTestDatabase();

const folder = mkdtempSync(join(tmpdir(), "hirebuddha-seed-"));
const out = join(folder, "demo.json");
const PATIENCE = { timeout: 60_000, interval: 20 };
afterAll(() => rmSync(folder, { recursive: true }));

async function seed() {
  const { connectionString } = await database();
  return startProgram("db/seed/main.ts", ["--out", out], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { DATABASE_URL: connectionString ?? "", DATA_DIR: folder, LOG_LEVEL: "warn" },
  });
}

// What is embedded is made aside, and anew.
describe.runIf(testServerUrl())("a seed that is killed", () => {
  it("leaves who was made so far able to sign in, and the next one tells who that is", async () => {
    const { pool } = await database();
    const first = await seed();
    const ended = once(first, "exit");
    try {
      await vi.waitUntil(async () => {
        const { rows } = await pool.query("select 1 from users where email = 'admin@hirebuddha.example'");
        return rows.length > 0;
      }, PATIENCE);
    } finally {
      first.kill("SIGKILL");
      await ended;
    }
    const [code] = await once(await seed(), "exit");
    expect(code).toBe(0);
    const demo = readDemoSoFar(out);
    expect(demo?.users.appAdmin?.email).toBe("admin@hirebuddha.example");
    expect(demo?.apiKey).toBeUndefined();
    for (const user of Object.values(demo?.users ?? {})) expect(await canSignIn(user)).toBe(true);
  });
});
