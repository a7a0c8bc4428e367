import { testNode } from "@/lib/workflows/graph-testing";
import type { Chance } from "../faults/testing/chance";
import { type Decision, type Drawing, type NodeDraft, type NodeMade, ofNode, textOf } from "./drawing";
import type { Part } from "./expected";
import { some } from "./plain-nodes";

/** Lets an hour pass: what it gives is a time, which nothing reads. */
export function drawWait({ id }: NodeDraft): NodeMade {
  const config = { mode: "for", amount: 1, unit: "hours", until: "" };
  const run: Part["run"] = () => ({ port: "out", output: {} });
  return { node: testNode(id, "wait", config), part: { id, ports: ["out"], from: [], run }, refs: [] };
}

/** Asks, and is answered the same whenever it asks. */
export function drawApproval({ chance, answers }: Drawing, draft: NodeDraft): NodeMade {
  const { id } = draft;
  const decision = drawDecision(chance);
  answers.set(id, decision);
  const title = some(chance, draft);
  const asked = { title: title.text, message: "", fields: [], who: "anyone", userIds: [] };
  const run: Part["run"] = () => ({ port: decision, output: { decision } });
  return {
    node: testNode(id, "approval", { ...asked, timeoutHours: 1 }),
    part: { id, ports: ["approved", "rejected", "timeout"], from: [], run },
    refs: [ofNode(id, "decision", (output) => textOf(output.decision))],
  };
}

function drawDecision(chance: Chance): Decision {
  return chance.oneOf(["approved", "approved", "rejected", "timeout"]);
}
