import type { NodePolicy } from "@/lib/workflows/graph";
import type { Chance } from "../faults/testing/chance";
import type { NodeMade } from "./drawing";
import type { Part } from "./expected";

/** What a node that runs others does when one of these fails. */
type Forgiveness = "fail" | "default" | "branch";

export function drawForgiveness(chance: Chance): Forgiveness {
  return chance.oneOf(["fail", "fail", "fail", "default", "branch"]);
}

type Instead = NonNullable<NodePolicy["defaultOutput"]>;

/** The node, which goes on from a failure in it with what it gives instead, or by another way. */
export function forgiving(made: NodeMade, onError: Forgiveness, instead: Instead): NodeMade {
  if (onError === "fail") return made;
  const policy: NodePolicy = { onError, ...(onError === "default" ? { defaultOutput: instead } : {}) };
  const run: Part["run"] = (world, live) => {
    const end = made.part.run(world, live);
    if (end) return end;
    if (onError === "default") return { port: "out", output: instead, fees: 0 };
    return { port: "error", output: {}, fees: 0 };
  };
  const ports: Part["ports"] = onError === "branch" ? ["out", "error"] : ["out"];
  return { ...made, node: { ...made.node, policy }, part: { ...made.part, ports, run } };
}
