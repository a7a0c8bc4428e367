import { Agent, fetch as undiciFetch } from "undici";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import { embedded, startEmbedded } from "./embedded";
import { LoopWatch } from "./engine/loop-watch";

/** A step may take longer than the five minutes after which Node's own fetch gives up. */
const patient = new Agent({ headersTimeout: 0, bodyTimeout: 0 });

/**
 * Calls the route over loopback. In development a handler imported here would keep running the code of before a hot
 * reload; the route never does.
 */
async function callOverLoopback(request: Request): Promise<Response> {
  const answer = await undiciFetch(request.url, {
    method: request.method,
    headers: Object.fromEntries(request.headers),
    body: await request.text(),
    dispatcher: patient,
  });
  return new Response(await answer.text(), {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
  });
}

async function callInProcess(request: Request): Promise<Response> {
  const { handler } = await import("./serve");
  return handler(request);
}

/**
 * Starts the embedded engine where it is the engine and this process is to work; with Inngest there is nothing to start.
 * @param hasServer false in a script: there is no route to call then, whatever the mode
 */
export async function startEngine({ hasServer = true } = {}): Promise<void> {
  if (env().engine === "inngest") {
    // Nobody keeps its figures there; what blocks the process is at least in its log.
    new LoopWatch(log);
    return;
  }
  if (hasServer && env().ENGINE_ROLE === "web") return;
  const isReloading = hasServer && env().NODE_ENV === "development";
  await startEmbedded(isReloading ? callOverLoopback : callInProcess);
}

/** Stops taking work and waits for the steps under way, at most `timeoutMs`. */
export async function stopEngine(timeoutMs: number): Promise<void> {
  if (env().engine === "embedded") await embedded().engine.stop(timeoutMs);
}
