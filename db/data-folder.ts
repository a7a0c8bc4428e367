import { constants, copyFileSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newId } from "@/lib/ids";

const fileOf = (dataDir: string) => join(dataDir, "lock");

function readLock(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

/**
 * When a process began, in words that no other process of this number has: numbers are given again, and after a restart
 * of the machine one belongs to somebody else. Null where the system does not say.
 */
function beginningOf(pid: number): string | null {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name of the program, in brackets, may hold anything; the time is the twentieth field behind it.
    const began = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return began ? `${boot} ${began}` : null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** The living process that holds a data folder, as its lock says, or null. */
export function holderOf(dataDir: string): number | null {
  const [number = "", noted = ""] = (readLock(fileOf(dataDir)) ?? "").split("\n");
  const pid = Number.parseInt(number, 10);
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return null;
  const began = beginningOf(pid);
  return noted === "" || began === null || began === noted ? pid : null;
}

/**
 * Takes the folder for this process. Two processes on one PGlite folder silently lose each other's writes, so the
 * second one is refused. A lock left by a process that is gone is taken over.
 * @returns gives the folder back
 */
export function lockDataDir(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = fileOf(dataDir);
  const mine = `${path}.${newId()}`;
  const text = `${process.pid}\n${beginningOf(process.pid) ?? ""}`;
  try {
    // Written beside it and linked: nobody ever reads half a lock, and a full disk leaves none.
    writeFileSync(mine, text, { mode: 0o600, flag: "wx" });
    for (let attempt = 0; attempt < 5; attempt += 1) {
      if (isLinked(mine, path)) {
        const release = () => {
          if (readLock(path) === text) rmSync(path, { force: true });
        };
        process.once("exit", release);
        return release;
      }
      const holder = holderOf(dataDir);
      if (holder === process.pid) return () => {};
      if (holder !== null) {
        throw new Error(
          `The data folder ${dataDir} is in use by process ${holder}. Stop that process, or set DATABASE_URL to use a database server.`,
        );
      }
      rmSync(path, { force: true });
    }
  } finally {
    rmSync(mine, { force: true });
  }
  throw new Error(`The data folder ${dataDir} could not be locked.`);
}

/** Of file systems without a second name for a file: memory cards, and some shares. */
const UNLINKABLE: readonly unknown[] = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"];

/** Gives a file a second name, or where that cannot be a copy of that name. False when the name is taken. */
function isLinked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (UNLINKABLE.includes(code)) return isCopied(from, to);
    if (code === "EEXIST") return false;
    throw error;
  }
}

function isCopied(from: string, to: string): boolean {
  try {
    copyFileSync(from, to, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}
