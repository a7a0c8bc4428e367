import { generate } from "@/lib/ai/generate";
import { countTokens } from "@/lib/ai/tokens";
import { chunkSections } from "@/lib/knowledge/chunk";
import { checkGraph } from "@/lib/workflows/check";
import { parseGraph } from "@/lib/workflows/graph";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { type Bench, figure, inTurns, median, timed } from "./bench";

const CHARACTERS = 300_000;
const LARGEST = 500;
const TOO_MANY = 10_000;

/** What large and hostile input costs the thread that serves everybody, over reading the same text once. */
export const hostile: Bench = {
  name: "hostile",
  needsBuild: false,
  run: async ({ isQuick }) => {
    const rounds = { rounds: isQuick ? 5 : 15, warmUp: 1, maxMs: isQuick ? 2_000 : 10_000 };
    const compare = async (name: string, floor: string, subject: Work, least: Work) => {
      const samples = await inTurns(rounds, {
        subject: () => timed(async () => subject()),
        floor: () => timed(async () => least()),
      });
      return figure(name, median(samples.subject), "ms", { name: floor, value: median(samples.floor) });
    };
    const [large, largest] = [JSON.stringify(nodesOf(TOO_MANY)), JSON.stringify(chainOf(LARGEST))];
    const prompt = "[1]\n".repeat(CHARACTERS / 4);
    const word = "a".repeat(CHARACTERS);
    const parsed = "JSON.parse of it";
    const counted = "counting its tokens";
    return [
      await compare(`refusing a workflow of ${TOO_MANY} nodes`, parsed, () => read(large), parse(large)),
      await compare(
        `checking a chain of ${LARGEST} nodes`,
        parsed,
        () => checkGraph(read(largest)),
        parse(largest),
      ),
      await compare(
        `a prompt of ${CHARACTERS / 4} empty passages`,
        counted,
        () => generate({ model: { provider: "internal", modelKey: "hirebuddha-mini" }, prompt }),
        () => countTokens(prompt),
      ),
      await compare(
        `cutting a word of ${CHARACTERS} letters into chunks`,
        counted,
        () => [...chunkSections([{ text: word }])],
        () => countTokens(word),
      ),
    ];
  },
};

type Work = () => unknown;

const parse = (json: string) => () => JSON.parse(json);

function read(json: string) {
  const result = parseGraph(JSON.parse(json));
  return result.ok ? result.graph : testGraph([], []);
}

function nodesOf(count: number) {
  return testGraph(
    Array.from({ length: count }, (_, index) => testNode(`n${index}`, "transform")),
    [],
  );
}

function chainOf(count: number) {
  const fields = [{ key: "text", mode: "template", value: "{{ input.text }}" }];
  const nodes = [
    testNode("input", "input"),
    ...Array.from({ length: count - 2 }, (_, index) => testNode(`n${index}`, "transform", { fields })),
    testNode("end", "output", { fields: [{ key: "r", mode: "expression", value: "n3.text" }] }),
  ];
  return testGraph(
    nodes,
    nodes.slice(1).map((node, index) => testEdge(nodes[index]?.id ?? "", node.id)),
  );
}
