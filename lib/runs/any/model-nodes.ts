import { testNode } from "@/lib/workflows/graph-testing";
import { type Drawing, type NodeDraft, type NodeMade, ofNode, type Place } from "./drawing";
import type { Part } from "./expected";
import { some } from "./plain-nodes";
import { CATEGORIES, saysOf, wayOf } from "./said";

/** What a node costs that asked a model: itself, and three times that for the tokens of an answer. */
const FEES = 4;

/** Asks a model, which may refuse to answer for a while. */
export function drawModel(drawing: Drawing, place: Place, draft: NodeDraft): NodeMade {
  const isFlaky = place.mayBreak && drawing.chance.next() < 0.4;
  const way = isFlaky ? "/flaky/" : "";
  return drawing.chance.next() < 0.5 ? drawLlm(drawing, draft, way) : drawClassify(drawing, draft, way);
}

function drawLlm({ chance, modelKey }: Drawing, draft: NodeDraft, system: string): NodeMade {
  const { id } = draft;
  const value = some(chance, draft);
  const run: Part["run"] = (world) =>
    system && world.isBroken(id)
      ? null
      : { port: "out", output: { text: saysOf(value.read(world)) }, fees: FEES };
  return {
    node: testNode(id, "llm", { modelKey, system, prompt: value.text, outputFields: [] }),
    part: { id, ports: ["out"], from: [], run },
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
