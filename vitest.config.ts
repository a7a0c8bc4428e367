import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@\//, replacement: root },
      // Outside React's server condition the real package throws on import.
      { find: "server-only", replacement: `${root}lib/testing/server-only.ts` },
    ],
  },
  test: {
    environment: "node",
    env: { NODE_ENV: "test", LOG_LEVEL: "silent", DATA_DIR: ".cache/test-data" },
    globalSetup: ["lib/testing/global-setup.ts"],
    include: ["{app,components,db,inngest,lib,scripts}/**/*.test.{ts,tsx}"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
  },
});
