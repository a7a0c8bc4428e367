import { testNode } from "@/lib/workflows/graph-testing";
import { type Drawing, type NodeDraft, type NodeMade, ofNode, type Place, type Ref } from "./drawing";
import type { Part } from "./expected";
import { some } from "./plain-nodes";
import { CATEGORIES, FLAKY, saysOf, wayOf } from "./said";

/** What a node costs that asked a model: itself, and three times that for the tokens of an answer. */
const FEES = 4;

/** Asks a model, which may refuse to answer for a while. */
export function drawModel(drawing: Drawing, place: Place, draft: NodeDraft): NodeMade {
  const isFlaky = place.mayBreak && drawing.chance.next() < 0.4;
  const way = isFlaky ? FLAKY : "";
  const draw = drawing.chance.oneOf([drawLlm, drawClassify, drawAgent]);
  return draw(drawing, draft, way);
}

function drawAgent({ chance, agents }: Drawing, draft: NodeDraft, way: string): NodeMade {
  const { id } = draft;
  const value = some(chance, draft);
  const agentId = way ? agents.flaky : agents.plain;
  return {
    node: testNode(id, "agent", { agentId, prompt: value.text }),
    part: { id, ports: ["out"], from: [], run: saying(id, value, way) },
    refs: [ofNode(id, "text", ({ text }) => text)],
  };
}

/** Answers what it is asked, unless it refuses to. */
function saying(id: string, value: Ref, way: string): Part["run"] {
  return (world) => {
    if (way && world.isBroken(id)) return null;
    return { port: "out", output: { text: saysOf(value.read(world)) }, fees: FEES };
  };
}

function drawLlm({ chance, modelKey }: Drawing, draft: NodeDraft, system: string): NodeMade {
  const { id } = draft;
  const value = some(chance, draft);
  return {
    node: testNode(id, "llm", { modelKey, system, prompt: value.text, outputFields: [] }),
    part: { id, ports: ["out"], from: [], run: saying(id, value, system) },
    refs: [ofNode(id, "text", ({ text }) => text)],
  };
}

function drawClassify({ chance, modelKey }: Drawing, draft: NodeDraft, instructions: string): NodeMade {
  const { id } = draft;
  const value = some(chance, draft);
  const categories = CATEGORIES.map((key) => ({ key, label: key, description: "" }));
  const run: Part["run"] = (world) => {
    if (instructions && world.isBroken(id)) return null;
    const category = wayOf(value.read(world));
    return { port: category, output: { category }, fees: FEES };
  };
  return {
    node: testNode(id, "classify", { modelKey, text: value.text, instructions, categories }),
    part: { id, ports: [...CATEGORIES, "none"], from: [], run },
    refs: [ofNode(id, "category", ({ category }) => category)],
  };
}
