import { validate as isUuid } from "uuid";
import { stateOf } from "./exchange";
import { InvalidEvents, insertEvents, parseEvents } from "./ingest";
import { again, type EngineDatabase } from "./port";
import { checkpointInput } from "./protocol";

export interface ApiContext {
  db: EngineDatabase;
  leaseMs: number;
  /** Called once events are stored, to have them routed here and elsewhere. */
  onEvents: () => Promise<void>;
}

/**
 * Answers what the SDK's client sends to its server: events and checkpoints. Given to the client as its `fetch`,
 * so the requests never leave the process. Everything else of the server's API is 404.
 */
export async function answerClient(context: ApiContext, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (request.method === "POST" && pathname.startsWith("/e/")) return takeEvents(context, request);
  if (request.method === "POST" && /^\/v1\/checkpoint\/[^/]+\/async$/.test(pathname)) {
    return takeCheckpoint(context, request);
  }
  const error = `The embedded engine does not serve ${request.method} ${pathname}`;
  return Response.json({ error, status: 404 }, { status: 404 });
}

async function takeEvents(context: ApiContext, request: Request): Promise<Response> {
  try {
    const seed = request.headers.get("x-inngest-event-id-seed");
    const events = parseEvents(await request.json(), seed, new Date());
    await insertEvents(context.db.query, events);
    await context.onEvents();
    return Response.json({ ids: events.map((event) => event.id), status: 200 });
  } catch (error) {
    if (!(error instanceof InvalidEvents)) throw error;
    return Response.json({ ids: [], status: 400, error: error.message }, { status: 400 });
  }
}

/** Saves steps that ran within a call still going on; 409 tells the SDK that the call is no longer the run's. */
async function takeCheckpoint({ db, leaseMs }: ApiContext, request: Request): Promise<Response> {
  const input = checkpointInput.parse(await request.json());
  const [id = "", token = ""] = input.qi_id.split(".");
  const [held] = await again(async () =>
    isUuid(id) && isUuid(token) && isUuid(input.run_id)
      ? db.query(SAVE_CHECKPOINT, [
          input.run_id,
          id,
          token,
          leaseMs,
          input.steps.map((step) => step.id),
          input.steps.map((step) => step.op),
          input.steps.map((step) => step.name ?? null),
          input.steps.map((step) => JSON.stringify(stateOf(step))),
        ])
      : [],
  );
  const taken = held !== undefined;
  return Response.json({ data: { ok: taken } }, { status: taken ? 200 : 409 });
}

/** One statement: the run is locked before its job, as everywhere; a lost lease changes nothing. */
const SAVE_CHECKPOINT = `
WITH run AS MATERIALIZED (
  SELECT id FROM engine.run WHERE id = $1 AND ended_at IS NULL FOR UPDATE
), held AS MATERIALIZED (
  SELECT j.id, j.run_id FROM engine.job j JOIN run ON run.id = j.run_id
  WHERE j.id = $2 AND j.lease_token = $3 FOR UPDATE OF j
), saved AS (
  INSERT INTO engine.step AS known (run_id, id, op, name, state, position)
  SELECT held.run_id, step.id, step.op, step.name, step.state::json, nextval('engine.step_position')
  FROM held, unnest($5::text[], $6::text[], $7::text[], $8::text[])
    WITH ORDINALITY AS step (id, op, name, state, place)
  ORDER BY step.place
  ON CONFLICT (run_id, id) DO UPDATE SET state = excluded.state, position = excluded.position
  WHERE known.position IS NULL
)
UPDATE engine.job SET deliveries = 1, lease_expires_at = now() + $4::float8 * interval '1 millisecond'
WHERE id IN (SELECT id FROM held) RETURNING 1`;
