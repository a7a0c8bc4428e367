import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { type Database, database, openServer, setDatabase } from "@/db/pool";
import type { ProviderRequest } from "@/e2e/provider/journal";
import { startProvider } from "@/e2e/provider/server";
import { until } from "@/inngest/engine/testing";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { executeNode } from "../../execute-node";
import { finishRun } from "../../finish";
import type { Evidence } from "./invariants";
import { askNode, publishChain, seedFaultModel } from "./scene";
import { proxyTo, type TcpProxy, throughProxy } from "./tcp-proxy";

/** What a caller is told while the database cannot be reached. */
export const UNAVAILABLE = { code: "upstream", reason: "database_unavailable", retryable: true };

type Connection = { readonly max?: number; readonly queryTimeoutMs?: number };

/** A workflow that asks a provider once, on a database that is reached through a network that can be told to fail. */
export type ProxiedScene = {
  /** The database without the network between. */
  readonly direct: Database;
  readonly proxy: TcpProxy;
  readonly tenant: TestTenant;
  readonly workflowId: string;
  readonly requests: readonly ProviderRequest[];
  evidence(...acknowledged: string[]): Evidence;
  /** Connects this process anew, with so many connections at most, and such patience with a query. */
  reopen(connection: Connection): Promise<void>;
  /** Runs what is left of a run, as the engine does: tried again until it is through. */
  complete(executionId: string): Promise<void>;
};

/** Sets the scene for the tests of a `describe`, each with connections of its own. To be read inside of tests only. */
export function proxiedScene(): ProxiedScene {
  const scene = {} as { -readonly [Key in keyof ProxiedScene]: ProxiedScene[Key] };
  let close: () => Promise<void>;

  function open({ max = 5, queryTimeoutMs = 20_000 }: Connection): void {
    const url = throughProxy(scene.direct.connectionString ?? "", scene.proxy);
    setDatabase(openServer(url, max, { queryTimeoutMs }));
  }

  beforeAll(async () => {
    const provider = await startProvider();
    const model = await seedFaultModel(provider);
    const { requests } = provider;
    const direct = await database();
    const proxy = await proxyTo(direct.connectionString ?? "");
    const tenant = await makeTenant();
    const workflowId = await publishChain(tenant, [askNode("ask", model)]);
    const evidence = (...acknowledged: string[]) => ({ acknowledged, requests });
    Object.assign(scene, { direct, proxy, tenant, workflowId, requests, evidence });
    close = async () => {
      await proxy.close();
      await provider.close();
    };
  });
  afterAll(() => close());
  beforeEach(() => open({}));
  afterEach(async () => {
    scene.proxy.answers("pass");
    scene.proxy.accept(true);
    const proxied = await database();
    setDatabase(scene.direct);
    scene.proxy.cutAll();
    await proxied.close();
  });

  return Object.assign(scene, {
    reopen: async (connection: Connection) => {
      await (await database()).close();
      open(connection);
    },
    complete: async (executionId: string) => {
      const { tenant } = scene;
      for (const nodeId of ["input", "ask", "output"]) {
        await until(`${nodeId} to be through`, async () => {
          const reference = await executeNode(tenant.job, { executionId, nodeId }).catch(() => null);
          return reference?.status === "completed";
        });
      }
      expect(await finishRun(tenant.job, executionId)).toBe("completed");
    },
  });
}
