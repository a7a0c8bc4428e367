import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { turnOf } from "./lib/testing/own-process.ts";
import { processPool } from "./lib/testing/process-pool.ts";

const root = fileURLToPath(new URL(".", import.meta.url));

const execArgv = ["--import", new URL("scripts/server-modules.mjs", import.meta.url).href];
const shared = {
  environment: "node",
  globalSetup: "lib/testing/global-setup.ts",
  testTimeout: 300_000,
  hookTimeout: 300_000,
  setupFiles: "lib/testing/each-file.ts",
  // Files share processes, except those that `lib/testing/own-process.ts` tells apart.
  pool: processPool,
  isolate: false,
  execArgv,
} as const;
const environment = { NODE_ENV: "test" as const, LOG_LEVEL: "silent", DATA_DIR: ".cache/test-data" };

// Everything runs on the embedded database; what touches a database runs again on PostgreSQL where one is given.
const projects = [
  {
    extends: true as const,
    test: {
      ...shared,
      name: "embedded",
      include: ["{app,components,db,inngest,lib,scripts}/**/*.test.{ts,tsx}", "e2e/stripe/**/*.test.ts"],
      env: environment,
    },
  },
  ...(process.env.TEST_DATABASE_URL
    ? [
        {
          extends: true as const,
          test: {
            ...shared,
            name: "postgres",
            include: ["{app,components,db,inngest,lib,scripts}/**/*.db.test.ts"],
            env: { ...environment, HB_TEST_ON: "postgres" },
            sequence: { groupOrder: 1 },
          },
        },
      ]
    : []),
];

/**
 * One more than there are cores, since some of their time tests wait for leases, timeouts and processes; five at most,
 * since each holds connections, of which a PostgreSQL serves 100 unless told otherwise.
 */
const MAX_WORKERS = Math.min(availableParallelism(), 4) + 1;

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((one, other) => turnOf(one.moduleId) - turnOf(other.moduleId));
  }
}

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@\//, replacement: root },
      // Outside React's server condition the real package throws on import.
      { find: "server-only", replacement: `${root}lib/testing/server-only.ts` },
    ],
  },
  test: { maxWorkers: MAX_WORKERS, projects, sequence: { sequencer: LongFirst } },
});
