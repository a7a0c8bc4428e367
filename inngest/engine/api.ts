import { holdsLease } from "./claim";
import { stateOf } from "./exchange";
import { InvalidEvents, insertEvents, parseEvents } from "./ingest";
import { type EngineDatabase, transact } from "./port";
import { checkpointInput } from "./protocol";
import { lockRun } from "./run";
import { saveStep } from "./steps";

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
async function takeCheckpoint(context: ApiContext, request: Request): Promise<Response> {
  const input = checkpointInput.parse(await request.json());
  const [id = "", token = ""] = input.qi_id.split(".");
  const taken = await transact(context.db, async (query) => {
    const run = await lockRun(query, input.run_id);
    if (!run || !(await holdsLease(query, { id, token }))) return false;
    for (const step of input.steps) await saveStep(query, run.id, { ...step, state: stateOf(step) });
    await query(
      `UPDATE engine.job SET deliveries = 1, lease_expires_at = now() + $2::float8 * interval '1 millisecond'
       WHERE id = $1`,
      [id, context.leaseMs],
    );
    return true;
  });
  return Response.json({ data: { ok: taken } }, { status: taken ? 200 : 409 });
}
