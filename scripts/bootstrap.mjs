// Runs on any Node from 20.19 and needs no package: it makes sure the packages are there, then hands over to a
// TypeScript entry under the Node version this project pins.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const modules = join(root, "node_modules");
const stampFile = join(modules, ".lock-hash");
const pinnedNode = join(modules, "node", "bin", process.platform === "win32" ? "node.exe" : "node");

const PRELOADS = ["--import", "./scripts/follow-parent.mjs", "--import", "tsx"];

/**
 * Installs what is missing, then runs `entry` under the pinned Node with tsx, and ends as it ends.
 *
 * @param {string} entry path of a TypeScript file, relative to the project
 * @param {string[]} args
 * @param {{ server?: boolean, settings?: boolean }} options `server` lets code
 * that imports `server-only` run here. `settings` reads the .env files first; tests do without, so that they are the same everywhere.
 */
export function handOver(entry, args, options = {}) {
  // Only below npm: a shell that started this directly may leave while we are to stay.
  if (process.env.npm_lifecycle_event) import("./follow-parent.mjs");
  ensurePackages();
  const node = runnableNode();
  if (options.settings) loadSettings();
  const conditions = options.server ? ["--import", "./scripts/server-modules.mjs"] : [];
  const child = spawn(node, [...conditions, ...PRELOADS, entry, ...args], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, PATH: [join(modules, ".bin"), process.env.PATH].join(delimiter) },
  });
  passSignals(child);
  child.on("error", (error) => fail(`could not start ${node}: ${error.message}`));
  child.on("exit", (code, signal) => {
    if (!signal) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** What is set already wins over .env.local, which wins over .env: the order Next keeps too. */
function loadSettings() {
  for (const name of [".env.local", ".env"]) {
    const path = join(root, name);
    if (existsSync(path)) process.loadEnvFile(path);
  }
}

function passSignals(child) {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the whole group: the child has it already, and a second one means "now".
      if (signal === "SIGINT" && process.stdin.isTTY) return;
      child.kill(signal);
    });
  }
}

function ensurePackages() {
  const lock = readFileSync(join(root, "package-lock.json"), "utf8");
  const hash = createHash("sha256").update(lock).digest("hex");
  if (readIfThere(stampFile) === hash && existsSync(pinnedNode)) return;
  if (!matchesInstalled(JSON.parse(lock))) install();
  writeFileSync(stampFile, hash);
}

/** True when npm's own record of node_modules has every package of the lock in its version. */
function matchesInstalled(lock) {
  const record = readIfThere(join(modules, ".package-lock.json"));
  if (!record || !existsSync(pinnedNode)) return false;
  const installed = JSON.parse(record).packages;
  return Object.entries(lock.packages).every(([path, wanted]) => {
    if (path === "") return true;
    const found = installed[path];
    return found ? found.version === wanted.version : Boolean(wanted.optional || wanted.devOptional);
  });
}

function install() {
  console.log("Installing packages ...");
  // As the lock says and without touching it. `npm ci` would insist on entries for the binaries of every platform.
  const args = ["install", "--no-save", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  const npm = process.env.npm_execpath;
  const done =
    npm && /\.[cm]?js$/.test(npm)
      ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: "inherit" })
      : spawnSync("npm", args, { cwd: root, stdio: "inherit", shell: process.platform === "win32" });
  if (done.error || done.status !== 0) {
    fail(
      "the packages could not be installed: see npm's message above, check the network, and run this again",
    );
  }
}

function runnableNode() {
  if (existsSync(pinnedNode)) return pinnedNode;
  if (Number.parseInt(process.versions.node, 10) >= 24) return process.execPath;
  return fail(
    "the pinned Node 24 is not in node_modules (are npm install scripts switched off?): allow them, or use Node 24",
  );
}

function readIfThere(path) {
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}

function fail(sentence) {
  console.error(`Cannot go on: ${sentence}.`);
  process.exit(1);
}
