import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const root = fileURLToPath(new URL(".", import.meta.url));

const shared = {
  environment: "node",
  globalSetup: "lib/testing/global-setup.ts",
  testTimeout: 120_000,
  hookTimeout: 120_000,
  pool: "forks",
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
          },
        },
      ]
    : []),
];

/** Whole processes are started, killed and waited for: begun last, one of these would be all that still runs at the end. */
const LONG = /\/(faults|conformance|crash)[^/]*(\/[^/]*)?\.test\.ts$/;

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const turn = ({ moduleId }: TestSpecification) => (LONG.test(moduleId) ? 0 : 1);
    return (await super.sort(files)).toSorted((one, other) => turn(one) - turn(other));
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
  test: { maxWorkers: 2, projects, sequence: { sequencer: LongFirst } },
});
