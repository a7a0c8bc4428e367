import { runNode } from "../scripts/child";

/** The run of the demo workspace that is planted before its server starts. */
export const LONG_RUN_ID = "00000000-0000-7000-8000-000000005000";
export const LONG_RUN_STEPS = 5_000;

/**
 * Plants the long run in the seeded database of a data folder that no server has open: it would take minutes to be run.
 * @returns whether it is there
 */
export async function plantLongRun(dataDir: string): Promise<boolean> {
  const code = await runNode(
    ["--import", "./scripts/server-modules.mjs", "--import", "tsx", "e2e/plant-long-run.ts"],
    {
      env: { ...process.env, NODE_ENV: "production", DATA_DIR: dataDir, DATABASE_URL: "", LOG_LEVEL: "warn" },
    },
  );
  return code === 0;
}
