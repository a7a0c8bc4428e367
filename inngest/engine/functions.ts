import { parseDurationMs } from "./duration";
import { compileExpression } from "./expression";
import type { EngineDatabase, Query } from "./port";
import { type FunctionConfig, functionConfig } from "./protocol";

/** What the engine keeps of a function. */
export interface FunctionSpec {
  id: string;
  events: { name: string; expression: string | null }[];
  crons: string[];
  maxAttempts: number;
  concurrency: { limit: number; key: string | null } | null;
  idempotency: string | null;
  cancelOn: { event: string; expression: string | null; timeout: string | null }[];
  finishTimeoutMs: number | null;
}

const DEFAULT_RETRIES = 3;
const UNSUPPORTED = ["batchEvents", "debounce", "priority", "rateLimit", "singleton", "throttle"] as const;

/**
 * Reads the configs a handler answered. Throws, naming the function and the option, when one asks for what the
 * embedded engine does not do: silently ignoring a limit would be worse than not starting.
 */
export function parseFunctions(configs: readonly unknown[]): Map<string, FunctionSpec> {
  const specs = new Map<string, FunctionSpec>();
  for (const raw of configs) {
    const spec = toSpec(functionConfig.parse(raw));
    specs.set(spec.id, spec);
  }
  return specs;
}

function toSpec(config: FunctionConfig): FunctionSpec {
  for (const option of UNSUPPORTED) if (config[option] != null) refuse(config.id, option);
  if (config.timeouts?.start != null) refuse(config.id, "timeouts.start");
  const spec: FunctionSpec = {
    id: config.id,
    events: [],
    crons: [],
    maxAttempts: (config.steps.step.retries?.attempts ?? DEFAULT_RETRIES) + 1,
    concurrency: parseConcurrency(config),
    idempotency: config.idempotency ?? null,
    cancelOn: (config.cancel ?? []).map((entry) => ({
      event: entry.event,
      expression: entry.if ?? null,
      timeout: entry.timeout ?? null,
    })),
    finishTimeoutMs: parseFinish(config),
  };
  for (const { event, expression, cron } of config.triggers) {
    if (cron) spec.crons.push(cron);
    if (event?.includes("*")) refuse(config.id, "a wildcard trigger");
    if (event) spec.events.push({ name: event, expression: expression ?? null });
  }
  for (const source of expressionsOf(spec)) compileExpression(source);
  return spec;
}

function parseConcurrency(config: FunctionConfig): FunctionSpec["concurrency"] {
  const given = config.concurrency;
  if (given == null) return null;
  if (typeof given === "number") return { limit: given, key: null };
  const entries = Array.isArray(given) ? given : [given];
  const [entry] = entries;
  if (entries.length !== 1 || typeof entry?.limit !== "number")
    refuse(config.id, "several concurrency limits");
  if (entry.scope && entry.scope !== "fn") refuse(config.id, `concurrency scope ${entry.scope}`);
  return { limit: entry.limit, key: entry.key ?? null };
}

function parseFinish(config: FunctionConfig): number | null {
  const text = config.timeouts?.finish;
  if (text == null) return null;
  return parseDurationMs(text) ?? refuse(config.id, `timeouts.finish "${text}"`);
}

function expressionsOf(spec: FunctionSpec): string[] {
  const all = [
    ...spec.events.map((trigger) => trigger.expression),
    ...spec.cancelOn.map((entry) => entry.expression),
    spec.idempotency,
    spec.concurrency?.key ?? null,
  ];
  return all.filter((source) => source !== null);
}

function refuse(functionId: string, what: string): never {
  throw new Error(`Function ${functionId} uses ${what}, which the embedded engine does not support`);
}

/** Keeps what is served where processes that serve nothing can read it; what is served no more is forgotten. */
export async function saveFunctions(
  db: EngineDatabase,
  functions: ReadonlyMap<string, FunctionSpec>,
): Promise<void> {
  const specs = [...functions.values()];
  await db.query(
    `WITH served AS (SELECT * FROM unnest($1::text[], $2::text[]) AS served (id, spec)),
     gone AS (DELETE FROM engine.function WHERE id <> ALL($1::text[]))
     INSERT INTO engine.function AS known (id, spec) SELECT id, spec::json FROM served ORDER BY id
     ON CONFLICT (id) DO UPDATE SET spec = excluded.spec WHERE known.spec::text <> excluded.spec::text`,
    [specs.map((spec) => spec.id), specs.map((spec) => JSON.stringify(spec))],
  );
}

/** The functions as they were last saved. */
export async function savedFunctions(query: Query): Promise<Map<string, FunctionSpec>> {
  const rows = await query<{ spec: FunctionSpec }>("SELECT spec FROM engine.function");
  return new Map(rows.map(({ spec }) => [spec.id, spec]));
}
