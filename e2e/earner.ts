import { runNode } from "../scripts/child";

/** The admin of a partner whose customer bought credit and used it long ago. It is planted before the server starts. */
export const EARNER = {
  fullName: "Erna Earner",
  partnerName: "Earner Digital",
  email: "erna@earner.example",
  password: "Quiet-meadow-lantern-41",
} as const;

/** The commission that is to be paid, of what the customer used. */
export const COMMISSION = "$60.00";

/**
 * Plants the partner in the seeded database of a data folder that no server has open.
 * @returns whether it is there
 */
export async function plantEarner(dataDir: string): Promise<boolean> {
  const code = await runNode(
    ["--import", "./scripts/server-modules.mjs", "--import", "tsx", "e2e/plant-earner.ts"],
    {
      env: { ...process.env, NODE_ENV: "production", DATA_DIR: dataDir, DATABASE_URL: "", LOG_LEVEL: "warn" },
    },
  );
  return code === 0;
}
