import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import path from "node:path";
import type { Readable } from "node:stream";
import { type DocumentFormat, type ParseAnswer, parseAnswerSchema } from "./document";

const MEGABYTE = 1024 * 1024;
const WALL_CLOCK_MS = 60_000;
const CPU_SECONDS = 60;
const HEAP_MB = 384;
/**
 * All private memory of the child, because buffers live outside of the heap that V8 limits: 600 MB, and the 512 MB
 * of address space that V8 reserves for machine code and hardly touches.
 */
const DATA_BYTES = (600 + 512) * MEGABYTE;
const MAX_ANSWER_BYTES = 64 * MEGABYTE;
/** Each may take as much memory as its limits allow, so few run at once in one process. */
const MAX_PARALLEL = 2;

/** Absolute, because the child and the search for it get no environment. */
const PRLIMIT = ["/usr/bin/prlimit", "/bin/prlimit"].find((file) => existsSync(file));

type Limits = { wallClockMs?: number };

let running = 0;
const waiting: (() => void)[] = [];

/**
 * Reads a file in a child process with limits: memory, processor time, wall clock, no environment, no writing, no
 * other processes, reading only its own program. Whatever the file does, it ends in an answer; only a stream that
 * fails on our side throws.
 * @param open the file, which nobody would hear break while it waits for others to be read
 */
export async function parseDocument(
  open: () => Promise<Readable>,
  format: DocumentFormat,
  limits: Limits = {},
): Promise<ParseAnswer> {
  while (running >= MAX_PARALLEL) await new Promise<void>((resume) => waiting.push(resume));
  running += 1;
  try {
    return await runChild(await open(), format, limits.wallClockMs ?? WALL_CLOCK_MS);
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

async function runChild(source: Readable, format: DocumentFormat, wallClockMs: number): Promise<ParseAnswer> {
  const child = startChild(format);
  const timer = setTimeout(() => child.kill("SIGKILL"), wallClockMs);
  const started = performance.now();
  try {
    const ended = exitOf(child);
    const [, output, end] = await Promise.all([feed(source, child, ended), collect(child), ended]);
    const isLate = performance.now() - started >= wallClockMs || end.signal === "SIGXCPU";
    return readAnswer(output, end, isLate);
  } finally {
    clearTimeout(timer);
    child.kill("SIGKILL");
  }
}

function startChild(format: DocumentFormat): ChildProcess {
  // From the project's folder, not from this module: the worker is not part of any bundle.
  const root = path.resolve(/* turbopackIgnore: true */ process.cwd());
  const workerFolder = path.join(root, "lib", "knowledge", "parse", "worker");
  const command = [
    process.execPath,
    `--max-old-space-size=${HEAP_MB}`,
    ...permissionFlags([workerFolder, path.join(root, "node_modules"), path.join(root, "package.json")]),
    path.join(workerFolder, "main.mjs"),
    format,
  ];
  const limited = PRLIMIT
    ? [PRLIMIT, `--data=${DATA_BYTES}`, `--cpu=${CPU_SECONDS}`, "--fsize=0", "--core=0", "--", ...command]
    : command;
  const [file = process.execPath, ...args] = limited;
  // An empty environment, so that nothing secret is in reach. The type wants NODE_ENV.
  return spawn(file, args, { env: { NODE_ENV: "production" }, stdio: ["pipe", "pipe", "ignore"], cwd: root });
}

function permissionFlags(readable: readonly string[]): string[] {
  if (!process.allowedNodeEnvironmentFlags.has("--permission")) return [];
  return ["--permission", ...readable.map((file) => `--allow-fs-read=${file}`)];
}

/** A child that has seen enough closes its input early: that is its answer's business, not an error of ours. */
async function feed(source: Readable, child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  const input = child.stdin;
  if (!input) return;
  input.on("error", () => undefined);
  const copy = async () => {
    for await (const chunk of source) {
      if (input.destroyed) return;
      if (!input.write(chunk)) await Promise.race([once(input, "drain"), once(input, "close")]);
    }
    input.end();
  };
  try {
    await Promise.race([copy(), ended]);
  } finally {
    source.destroy();
  }
}

/** What the child wrote; null when it wrote too much. */
async function collect(child: ChildProcess): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of child.stdout ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) {
      child.kill("SIGKILL");
      return null;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

type Exit = { code: number | null; signal: string | null };

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
}

function readAnswer(output: string | null, end: Exit, isLate: boolean): ParseAnswer {
  if (isLate) return refusal("too_slow", "It takes more than a minute to read and was refused.");
  if (output === null)
    return refusal("too_much_text", "It holds too much text. Split it into smaller files.");
  if (end.signal || (end.code ?? 0) > 128) {
    return refusal("too_much_memory", "It needs too much memory to read and was refused.");
  }
  try {
    return parseAnswerSchema.parse(JSON.parse(output));
  } catch {
    return refusal("damaged", "The file is damaged and cannot be read.");
  }
}

function refusal(reason: string, message: string): ParseAnswer {
  return { ok: false, reason, message };
}
