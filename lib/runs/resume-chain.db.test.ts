import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { brokenMoney } from "@/lib/wallet/testing";
import type { GraphNode } from "@/lib/workflows/graph";
import { testNode } from "@/lib/workflows/graph-testing";
import { cancelRun } from "./commands/cancel";
import { resumeRun } from "./commands/resume";
import { start } from "./commands/testing";
import { type Chance, chanceOf } from "./faults/testing/chance";
import { brokenInvariants } from "./faults/testing/invariants";
import { billedFor, driveTree, inside, line, mapNode, treeOf } from "./nested-testing";
import { driveOn } from "./paid-testing";
import { previewResume } from "./resume-preview";
import { publishGraph, seedRunPrices } from "./testing";

/** A service on this machine that does not know some addresses, set up before anything reads the settings. */
const service = await vi.hoisted(async () => {
  const { createServer } = await import("node:http");
  const unknown = new Set<string>();
  const asked = new Set<string>();
  const server = createServer(({ url = "" }, response) => {
    asked.add(url);
    response.writeHead(unknown.has(url) ? 404 : 200, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const host = `127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  process.env.OUTBOUND_ALLOW = host;
  return { server, unknown, asked, host };
});

withTestDatabase();
vi.setConfig({ testTimeout: 120_000 });

let tenant: TestTenant;
beforeAll(() => seedRunPrices());
afterAll(() => void service.server.close());
beforeEach(async () => {
  tenant = await makeTenant();
});

type Made = { readonly nodes: GraphNode[]; readonly more: GraphNode[]; readonly edges: [string, string][] };

/** Nodes that call the service, go through lists, take rounds or call a workflow of such nodes, up to three deep. */
class Maker {
  private count = 0;

  constructor(private readonly chance: Chance) {}

  async level(depth = 0, suffix = "", isChained = true): Promise<Made> {
    const made: Made = { nodes: [], more: [], edges: [] };
    for (let left = this.chance.whole(depth === 0 ? 2 : 1, depth === 0 ? 3 : 2); left > 0; left -= 1) {
      const before = made.nodes.at(-1);
      const node = await this.node(made, depth, suffix);
      made.nodes.push(node);
      if (before && !isChained && this.chance.whole(0, 1) === 0) made.edges.push([before.id, node.id]);
    }
    return made;
  }

  private async node({ more, edges }: Made, depth: number, suffix: string): Promise<GraphNode> {
    this.count += 1;
    const id = `n${this.count}`;
    const kind = depth < 3 ? this.chance.oneOf(["http", "http", "map", "loop", "workflow"]) : "http";
    if (kind === "http") return this.call(id, suffix);
    if (kind === "workflow") {
      const { nodes, ...beside } = await this.level(depth + 1);
      const workflowId = await publishGraph(tenant.admin, `Called ${id}`, line(nodes, beside));
      const inputs = [{ key: "text", mode: "template", value: "{{ input.text }}" }];
      return testNode(id, "workflow", { workflowId, versionId: "", inputs });
    }
    const within = await this.level(depth + 1, kind === "map" ? "-{{ item }}" : "-{{ round }}", false);
    more.push(...inside(id, ...within.nodes), ...within.more);
    edges.push(...within.edges);
    if (kind === "map") return mapNode(id, '["a", "b"]', { maxParallel: this.chance.whole(1, 2) });
    const rounds = { maxRounds: 2, until: "false", initialMode: "template", initial: "" };
    return testNode(id, "loop", { ...rounds, mode: "template", value: "x" });
  }

  private call(id: string, suffix: string): GraphNode {
    const url = `http://${service.host}/${id}${suffix}`;
    return testNode(id, "http", {
      method: "GET",
      url,
      headers: [],
      body: "",
      allowedStatus: [],
      timeoutMs: 5_000,
    });
  }
}

/** Works on some of it, and stops it. */
async function stopSomewhere(chance: Chance, executionId: string): Promise<void> {
  for (let times = chance.whole(0, 5); times > 0; times -= 1) {
    const tree = await treeOf(tenant, executionId);
    const [first, ...others] = tree.filter(({ status }) => status === "pending" || status === "running");
    if (first) await driveOn(tenant, chance.oneOf([first, ...others]).id);
  }
  await cancelRun(tenant.admin, { executionId });
}

it.each(Array.from({ length: 8 }, (_, seed) => seed))(
  "whatever fails or is stopped in a run and those that resume it, each node is billed once, and each resume says so: seed %i",
  async (seed) => {
    const chance = chanceOf(seed);
    const { nodes, ...beside } = await new Maker(chance).level();
    const workflowId = await publishGraph(tenant.admin, "Nested", line(nodes, beside));
    service.unknown.clear();
    service.asked.clear();
    const undisturbed = await start(tenant, workflowId);
    expect(await driveTree(tenant, undisturbed)).toBe("completed");
    const addresses = [...service.asked];

    let executionId = await start(tenant, workflowId);
    let billed = 0n;
    for (let troubles = 5; ; troubles -= 1) {
      service.unknown.clear();
      const [first, ...others] = addresses;
      if (first && troubles > 0)
        for (let more = chance.whole(1, 3); more > 0; more -= 1)
          service.unknown.add(chance.oneOf([first, ...others]));
      if (troubles > 0 && chance.whole(0, 2) === 0) await stopSomewhere(chance, executionId);
      const status = await driveTree(tenant, executionId);
      billed += await billedFor(tenant, executionId);
      if (status === "completed") break;
      const { savedMicros } = await previewResume(tenant.admin, { executionId, on: "same" });
      expect(BigInt(savedMicros)).toBe(billed);
      executionId = (await resumeRun(tenant.admin, { executionId, on: "same" })).executionId;
    }
    expect(billed).toBe(await billedFor(tenant, undisturbed));
    expect([...(await brokenInvariants()), ...(await brokenMoney())]).toEqual([]);
  },
);
