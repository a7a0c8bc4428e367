import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { closeDatabase } from "@/db/pool";
import { startEngine, stopEngine } from "@/inngest/start";
import { recordSocketAddresses } from "@/lib/auth/socket-address";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import { onStopSignal } from "@/lib/stop-signals";

const STEPS_TIMEOUT_MS = 25_000;
const REQUESTS_TIMEOUT_MS = 5_000;

type RequestStart = { request: IncomingMessage; response: ServerResponse; server: Server };

const servers = new Set<Server>();
const open = new Set<ServerResponse>();

/** Checks the settings, starts the engine, and ends the process in order when it is told to. */
export function startServer(): void {
  recordSocketAddresses();
  const isProduction = env().NODE_ENV === "production";
  // Not awaited: in development the engine asks this very server for its functions.
  startEngine().catch((error: unknown) => {
    log.error({ err: error }, "the engine could not start");
    if (isProduction) process.exit(1);
  });
  if (!isProduction) return;
  followRequests();
  onStopSignal((signal) => void shutDown(signal));
}

/** Next keeps its server to itself; Node tells of every request and which server took it. */
function followRequests(): void {
  subscribe("http.server.request.start", (message) => {
    const { response, server } = message as RequestStart;
    servers.add(server);
    open.add(response);
    response.once("close", () => open.delete(response));
  });
}

async function shutDown(signal: "SIGTERM" | "SIGINT"): Promise<void> {
  log.info({ signal }, "stopping");
  for (const server of servers) server.close();
  await Promise.allSettled([stopEngine(STEPS_TIMEOUT_MS), requestsDone()]);
  await closeDatabase().catch((error: unknown) => log.error({ err: error }, "the database did not close"));
  process.exit(signal === "SIGTERM" ? 143 : 130);
}

async function requestsDone(): Promise<void> {
  const end = Date.now() + REQUESTS_TIMEOUT_MS;
  while (open.size > 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
}
