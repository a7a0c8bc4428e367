import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { enginePort } from "@/db/engine-port";
import { withTestDatabase } from "@/lib/testing/database";
import { until } from "./engine/testing";

withTestDatabase();

const process = globalThis as { hirebuddhaEngine?: unknown };
const unsigned = (body = "{}", method = "POST") =>
  new Request("http://localhost/api/inngest?fnId=hirebuddha-send-mail&stepId=step", {
    method,
    headers: { host: "localhost", "content-type": "application/json" },
    body,
  });

/** The wiring as a process with these settings loads it. */
async function load(settings: Record<string, string>) {
  vi.resetModules();
  delete process.hirebuddhaEngine;
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  const [{ inngest }, { handler }, { startEngine }] = await Promise.all([
    import("./client"),
    import("./serve"),
    import("./start"),
  ]);
  return { inngest, handler, startEngine };
}

afterEach(() => vi.unstubAllEnvs());

describe("without Inngest's keys", () => {
  it("stores an event in the engine's own tables, and refuses unsigned calls", async () => {
    const { inngest, handler } = await load({});
    const { ids } = await inngest.send({ name: "test/stored", data: { n: 1 } });
    const rows = await (await enginePort()).query("SELECT name FROM engine.event WHERE id = $1", [ids[0]]);
    expect(rows).toEqual([{ name: "test/stored" }]);
    expect((await handler(unsigned())).status).toBe(401);
  });

  it("tells of calls that it refused once a minute, however many come", async () => {
    const { handler } = await load({});
    const { log } = await import("@/lib/log");
    const { clockShift, shiftClock } = await import("@/lib/clock");
    const told = vi.spyOn(log, "error").mockImplementation(() => undefined);
    const call = (method: string, given: Record<string, string> = {}) => {
      const headers = { host: "localhost", ...given };
      return handler(new Request("http://localhost/api/inngest", { method, headers }));
    };
    for (let count = 0; count < 5; count += 1) {
      expect((await handler(unsigned())).status).toBe(401);
      expect((await call("POST")).status).toBe(401);
      expect((await call("GET", { "x-inngest-signature": "t=1&s=forged" })).status).toBe(401);
    }
    expect(told.mock.calls.map((line) => line.at(-1))).toEqual(["Signature validation failed"]);
    shiftClock(clockShift() + 61_000);
    expect((await handler(unsigned())).status).toBe(401);
    expect(told).toHaveBeenCalledTimes(2);
    told.mockRestore();
  });

  it("refuses a body that is no JSON, and does not fail over it", async () => {
    const { handler } = await load({});
    for (const method of ["POST", "PUT"]) {
      const response = await handler(unsigned('{"event":', method));
      expect([method, response.status]).toEqual([method, 422]);
      expect(await response.json()).toMatchObject({ code: "invalid", reason: "bad_json" });
    }
  });

  it("refuses a call whose host is missing or none, and says nothing of our code", async () => {
    const { handler } = await load({});
    for (const method of ["GET", "POST", "PUT"]) {
      for (const given of [undefined, { host: "a b" }]) {
        const headers = new Headers(given);
        const response = await handler(new Request("http://localhost/api/inngest", { method, headers }));
        expect([method, response.status]).toEqual([method, 422]);
        expect(await response.json()).toMatchObject({ code: "invalid", reason: "bad_host" });
      }
    }
  });

  it("refuses to send inside a transaction, which would wait for itself", async () => {
    const { inngest } = await load({});
    const { asSystem } = await import("@/db/access");
    const sending = asSystem("test", () => inngest.send({ name: "test/inside", data: {} }));
    await expect(sending).rejects.toThrow(/after the transaction/);
  });
});

describe("with Inngest's keys", () => {
  it("does not wait for a server that takes calls and answers none, and asks it again after a while", async () => {
    let calls = 0;
    const silent = createServer(() => {
      calls += 1;
    });
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    try {
      const { inngest } = await load({
        INNGEST_EVENT_KEY: "event-key",
        INNGEST_SIGNING_KEY: `signkey-test-${"ab".repeat(32)}`,
        INNGEST_BASE_URL: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
      });
      await expect(inngest.send({ name: "test/unheard", data: {} })).rejects.toThrow();
      // One answer is waited for; the client's own further tries are refused here.
      expect(calls).toBe(1);
      await until("it to be asked again", async () => {
        await inngest.send({ name: "test/unheard", data: {} }).catch(() => undefined);
        return calls > 1;
      });
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
  });

  it("starts nothing embedded, and refuses unsigned calls", async () => {
    const { handler, startEngine } = await load({
      INNGEST_EVENT_KEY: "event-key",
      INNGEST_SIGNING_KEY: `signkey-test-${"ab".repeat(32)}`,
    });
    await startEngine();
    expect(process.hirebuddhaEngine).toBeUndefined();
    expect((await handler(unsigned())).status).toBe(401);
  });
});
