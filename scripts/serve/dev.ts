import { ROOT, runNode } from "../child";
import { prepare, tell } from "./prepare-once";

/** Prepares the database, then serves the sources with hot reload. */
async function main(): Promise<number> {
  const prepared = await prepare();
  if (!prepared) {
    console.error("Cannot start: the database could not be prepared; the reason is above.");
    return 1;
  }
  const port = process.env.PORT || "3000";
  tell(prepared, `http://localhost:${port}`);
  return runNode(["node_modules/next/dist/bin/next", "dev", "-p", port], {
    env: { ...process.env, NODE_ENV: "development", PORT: port },
  });
}

process.chdir(ROOT);
process.exitCode = await main();
