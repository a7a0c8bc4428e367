import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWebSocketStream, WebSocketServer } from "ws";
import { asSystem, asTenant } from "@/db/access";
import { tenants } from "@/db/schema/auth";
import { newId } from "@/lib/ids";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
import { type Database, database, openServer, setDatabase } from "./pool";

withTestDatabase();

/** What Neon runs in front of its databases: a WebSocket whose bytes go to the server as they are. */
function startProxy(target: URL): Promise<Server> {
  const server = createServer();
  new WebSocketServer({ server }).on("connection", (socket) => {
    const upstream = connect(Number(target.port), target.hostname);
    const stream = createWebSocketStream(socket);
    stream.on("error", () => upstream.destroy());
    upstream.on("error", () => stream.destroy());
    stream.pipe(upstream).pipe(stream);
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

// Only a PostgreSQL server can stand behind the proxy.
describe.runIf(testServerUrl() !== undefined)("Neon's driver", () => {
  let proxy: Server;
  let direct: Database;
  let overSocket: Database;

  beforeAll(async () => {
    direct = await database();
    const url = new URL(direct.connectionString ?? "");
    proxy = await startProxy(url);
    const { port } = proxy.address() as AddressInfo;
    overSocket = openServer(url.toString(), 4, { driver: "neon", neonProxy: `127.0.0.1:${port}/` });
  });

  afterAll(async () => {
    await overSocket?.close();
    proxy?.closeAllConnections();
    await new Promise((resolve) => proxy?.close(resolve));
  });

  it("runs the same scoped transactions over a WebSocket", async () => {
    setDatabase(overSocket);
    try {
      const [a, b] = [await makeTenant(), await makeTenant()];
      const seen = await Promise.all(
        [a, b].map(({ admin }) => asTenant(admin, (tx) => tx.select({ id: tenants.id }).from(tenants))),
      );
      expect(seen).toEqual([[{ id: a.tenantId }], [{ id: b.tenantId }]]);
      const name = newId();
      await expect(
        asTenant(a.admin, async (tx) => {
          await tx.update(tenants).set({ name }).where(eq(tenants.id, a.tenantId));
          throw new Error("stop");
        }),
      ).rejects.toThrow("stop");
      const found = await asSystem("test", (tx) =>
        tx.select({ id: tenants.id }).from(tenants).where(eq(tenants.name, name)),
      );
      expect(found).toEqual([]);
    } finally {
      setDatabase(direct);
    }
  });
});
