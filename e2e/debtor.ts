import { runNode } from "../scripts/child";

/** Somebody who owes an invoice since last week. It is planted before the server starts. */
export const DEBTOR = {
  fullName: "Olga Overdue",
  workspaceName: "Overdue Foods",
  email: "olga@overdue.example",
  password: "Quiet-orchard-lantern-40",
} as const;

/** What each of the two invoices asks for. */
export const DEBT = "$40.00";

/**
 * Plants the debtor in the seeded database of a data folder that no server has open.
 * @returns whether it is there
 */
export async function plantDebtor(dataDir: string): Promise<boolean> {
  const code = await runNode(
    ["--import", "./scripts/server-modules.mjs", "--import", "tsx", "e2e/plant-debtor.ts"],
    {
      env: { ...process.env, NODE_ENV: "production", DATA_DIR: dataDir, DATABASE_URL: "", LOG_LEVEL: "warn" },
    },
  );
  return code === 0;
}
