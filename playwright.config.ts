import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "@playwright/test";
import { CHROMIUM_MISSING, findChromium } from "./scripts/chromium";

// Worker processes read this file again: what is chosen here reaches them through the environment.
process.env.E2E_PORT ??= "3210";
/** Where journeys listen for what the product sends out. */
process.env.E2E_RECEIVER_PORT ??= "3219";
/** Where a service of a customer's answers. */
process.env.E2E_SERVICE_PORT ??= "3239";
/** Where the Stripe of the journeys answers. */
process.env.E2E_STRIPE_PORT ??= "3229";
process.env.E2E_DATA_DIR ??= join(tmpdir(), "hirebuddha-e2e");
process.env.E2E_RESULTS_DIR ??= mkdtempSync(join(tmpdir(), "hirebuddha-e2e-results-"));
const chromium = findChromium();
if (!chromium) throw new Error(CHROMIUM_MISSING);
const running = process.env.E2E_BASE_URL;
process.env.E2E_BASE_URL ??= `http://localhost:${process.env.E2E_PORT}`;

const ALONE = "**/authz.spec.ts";
const AFTERWARDS = "**/books.spec.ts";

/** Journeys in a real browser. With E2E_BASE_URL they use a server that runs already, else they start the build. */
export default defineConfig({
  testDir: "e2e",
  testMatch: "**/*.spec.ts",
  outputDir: process.env.E2E_RESULTS_DIR,
  fullyParallel: true,
  // The server works while the other browser does.
  workers: 2,
  forbidOnly: Boolean(process.env.CI),
  // As long as a machine needs that has four times as much to do. A condition that holds ends the waiting at once.
  timeout: 300_000,
  expect: { timeout: 30_000 },
  projects: [
    { name: "journeys", testIgnore: [ALONE, AFTERWARDS] },
    // Looks at the money of all of them.
    { name: "afterwards", testMatch: AFTERWARDS, dependencies: ["journeys"] },
    // Looks whether anything at all was changed, and ends sessions of the people whom the others are.
    { name: "alone", testMatch: ALONE, dependencies: ["afterwards"], fullyParallel: false },
  ],
  use: {
    baseURL: process.env.E2E_BASE_URL,
    locale: "en-US",
    timezoneId: "UTC",
    // Spinners and fades cost a browser as much as a page does, and nobody looks.
    contextOptions: { reducedMotion: "reduce" },
    // Without a film and without a copy of the page at each step, which are half of what a browser does.
    trace: { mode: "retain-on-failure", screenshots: false, snapshots: false },
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: chromium,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  ...(running
    ? {}
    : {
        webServer: {
          command: "node scripts/run.mjs e2e/serve.ts",
          url: `${process.env.E2E_BASE_URL}/api/health/ready`,
          timeout: 300_000,
          gracefulShutdown: { signal: "SIGTERM", timeout: 10_000 },
          stdout: "ignore",
          env: {
            PORT: process.env.E2E_PORT,
            DATA_DIR: process.env.E2E_DATA_DIR,
            DATABASE_URL: "",
            LOG_LEVEL: "warn",
            E2E_STRIPE_PORT: process.env.E2E_STRIPE_PORT,
            // Who signs up says from where, as a proxy in front of it would.
            TRUSTED_PROXIES: "1",
            OUTBOUND_ALLOW: `127.0.0.1:${process.env.E2E_RECEIVER_PORT},127.0.0.1:${process.env.E2E_SERVICE_PORT}`,
          },
        },
      }),
});
