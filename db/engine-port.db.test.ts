import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { until } from "@/inngest/engine/testing";
import { proxyTo, type TcpProxy, throughProxy } from "@/lib/runs/faults/testing/tcp-proxy";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { enginePort, type Listener } from "./engine-port";
import { type Database, database, openServer, setDatabase } from "./pool";

withTestDatabase();

// PGlite is listened to without a connection.
describe.runIf(testServerUrl())("a connection that listens", () => {
  const nobody: Listener = { heard: () => undefined, began: () => undefined };
  let direct: Database;
  let proxied: Database;
  let proxy: TcpProxy;
  beforeEach(async () => {
    direct = await database();
    proxy = await proxyTo(direct.connectionString ?? "");
    proxied = openServer(throughProxy(direct.connectionString ?? "", proxy), 1);
    setDatabase(proxied);
  });
  afterEach(async () => {
    setDatabase(direct);
    await proxied.close();
    await proxy.close();
  });
  const untilGone = () => until("the connection to be gone", () => proxy.count === 0, 10_000);

  it("is not left open when listening ends while it is being made anew", async () => {
    const stop = await (await enginePort()).listen("port_test", nobody);
    proxy.answers("hold");
    proxy.cutAll();
    await untilGone();
    await until("it to be made anew", () => proxy.count === 1, 10_000);
    await stop();
    proxy.answers("pass");
    await untilGone();
  });

  it("is not left open where the database refuses to be listened to", async () => {
    const port = await enginePort();
    await expect(port.listen("", nobody)).rejects.toThrow("zero-length");
    await untilGone();
  });
});
