import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { PGlite, type PGliteOptions } from "@electric-sql/pglite";
import { btree_gist } from "@electric-sql/pglite/contrib/btree_gist";
import { vector } from "@electric-sql/pglite-pgvector";

const EXTENSIONS = { vector, btree_gist };

/** Opens PGlite in a folder, or in memory. A tarball of an earlier `dumpDataDir` saves the first start. */
export async function openPglite(
  dataDir?: string,
  loadDataDir?: Blob,
  options: PGliteOptions = {},
): Promise<PGlite> {
  return PGlite.create({
    ...options,
    ...(dataDir ? { dataDir } : {}),
    ...(loadDataDir ? { loadDataDir } : {}),
    extensions: EXTENSIONS,
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function holderOf(path: string): number | null {
  try {
    const pid = Number.parseInt(readFileSync(path, "utf8"), 10);
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

/**
 * Takes the folder for this process. Two processes on one PGlite folder silently lose each other's writes, so the
 * second one is refused. A lock left by a process that is gone is taken over.
 * @returns gives the folder back
 */
export function lockDataDir(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, "lock");
  for (let attempt = 0; attempt < 5; attempt += 1) {
    try {
      const file = openSync(path, "wx", 0o600);
      writeSync(file, String(process.pid));
      closeSync(file);
      const release = () => {
        if (holderOf(path) === process.pid) rmSync(path, { force: true });
      };
      process.once("exit", release);
      return release;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      const pid = holderOf(path);
      if (pid !== null && pid !== process.pid && isAlive(pid)) {
        throw new Error(
          `The data folder ${dataDir} is in use by process ${pid}. Stop that process, or set DATABASE_URL to use a database server.`,
        );
      }
      if (pid === process.pid) return () => {};
      rmSync(path, { force: true });
    }
  }
  throw new Error(`The data folder ${dataDir} could not be locked.`);
}
