import { runNode } from "../scripts/child";

/**
 * Plants those who owe, who earned and who renewed in the seeded database of a data folder that no server has open.
 * @returns whether they are there
 */
export async function plantPeople(dataDir: string): Promise<boolean> {
  const code = await runNode(
    ["--import", "./scripts/server-modules.mjs", "--import", "tsx", "e2e/plant-people.ts"],
    {
      env: { ...process.env, NODE_ENV: "production", DATA_DIR: dataDir, DATABASE_URL: "", LOG_LEVEL: "warn" },
    },
  );
  return code === 0;
}
