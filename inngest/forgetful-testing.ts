import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { vi } from "vitest";

/**
 * An Inngest server that takes events and forgets them. To be started before the settings are read, which name it.
 * @returns what it has taken so far, and the server, to be closed
 */
export async function startForgetfulInngest(): Promise<{
  taken: { id: string; name: string }[];
  server: Server;
}> {
  const taken: { id: string; name: string }[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const events: typeof taken = JSON.parse(Buffer.concat(parts).toString("utf8"));
    taken.push(...events);
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ ids: events.map(({ id }) => id), status: 200 }));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  vi.stubEnv("INNGEST_DEV", `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`);
  return { taken, server };
}
