import { EMPTY_GRAPH, type Graph, type GraphEdge, type GraphNode } from "./graph";

export const TEMPLATE_KEYS = ["blank", "answer", "triage", "review"] as const;
export type TemplateKey = (typeof TEMPLATE_KEYS)[number];

export type StarterTemplate = {
  readonly key: TemplateKey;
  readonly name: string;
  readonly description: string;
  /** Lucide icon, kebab case. */
  readonly icon: string;
};

export const STARTER_TEMPLATES: readonly StarterTemplate[] = [
  {
    key: "answer",
    name: "Answer from documents",
    description: "Finds the passages that answer a question and writes an answer from them.",
    icon: "book-open",
  },
  {
    key: "triage",
    name: "Triage a message",
    description: "Sorts a message by urgency, writes a reply to urgent ones, and files the rest.",
    icon: "git-branch",
  },
  {
    key: "review",
    name: "Write and review",
    description: "Drafts a text and lists its risks at the same time, then joins both into one result.",
    icon: "sparkles",
  },
];

/** The graph of a template. Model nodes get `modelKey`; empty leaves them to be chosen. */
export function templateGraph(key: TemplateKey, modelKey: string): Graph {
  switch (key) {
    case "blank":
      return blankGraph();
    case "answer":
      return answerGraph(modelKey);
    case "triage":
      return triageGraph(modelKey);
    case "review":
      return reviewGraph(modelKey);
  }
}

type Config = GraphNode["config"];

function node(id: string, kind: string, name: string, x: number, y: number, config: Config): GraphNode {
  return { id, kind, name, position: { x, y }, config };
}

function edge(source: string, target: string, sourcePort = "out"): GraphEdge {
  return { id: `${source}-${sourcePort}-${target}`, source, sourcePort, target };
}

function inputNode(key: string, label: string): GraphNode {
  return node("input", "input", "Input", 0, 120, {
    fields: [{ key, label, type: "long_text", required: true }],
  });
}

function llm(modelKey: string, system: string, prompt: string, outputFields: Config[string] = []): Config {
  return { modelKey, system, prompt, outputFields };
}

/** What a workflow from nothing gives back until somebody says otherwise: what it was given. */
export const ECHO = "{{ input.text }}";

function blankGraph(): Graph {
  return {
    ...EMPTY_GRAPH,
    nodes: [
      inputNode("text", "Text"),
      node("output", "output", "Output", 272, 120, {
        fields: [{ key: "result", mode: "template", value: ECHO }],
      }),
    ],
    edges: [edge("input", "output")],
  };
}

function answerGraph(modelKey: string): Graph {
  const system = "Answer from the passages only. Say so when they do not hold the answer.";
  return {
    version: 1,
    nodes: [
      inputNode("question", "Question"),
      node("find", "retrieve", "Find passages", 272, 120, {
        query: "{{ input.question }}",
        topK: 6,
        documentIds: [],
      }),
      node(
        "answer",
        "llm",
        "Write the answer",
        544,
        120,
        llm(modelKey, system, "Question: {{ input.question }}\n\nPassages:\n{{ find.text }}"),
      ),
      node("output", "output", "Output", 816, 120, {
        fields: [
          { key: "answer", mode: "template", value: "{{ answer.text }}" },
          { key: "passages", mode: "expression", value: "find.passages" },
        ],
      }),
    ],
    edges: [edge("input", "find"), edge("find", "answer"), edge("answer", "output")],
  };
}

function triageGraph(modelKey: string): Graph {
  const fields = [
    { key: "urgent", type: "boolean", description: "Whether somebody must answer within the hour" },
    { key: "summary", type: "text", description: "The message in one sentence" },
  ];
  return {
    version: 1,
    nodes: [
      inputNode("message", "Message"),
      node(
        "sort",
        "llm",
        "Sort",
        272,
        120,
        llm(modelKey, "You sort incoming messages.", "{{ input.message }}", fields),
      ),
      node("urgent", "condition", "Urgent?", 544, 120, {
        match: "all",
        rules: [{ expression: "sort.urgent" }],
      }),
      node(
        "reply",
        "llm",
        "Write a reply",
        816,
        0,
        llm(modelKey, "Write a short, friendly reply.", "{{ input.message }}"),
      ),
      node("file", "transform", "File it", 816, 240, {
        fields: [{ key: "text", mode: "template", value: "Filed: {{ sort.summary }}" }],
      }),
      node("join", "merge", "Join", 1088, 120, { mode: "first" }),
      node("output", "output", "Output", 1360, 120, {
        fields: [
          { key: "text", mode: "expression", value: "join.value.text" },
          { key: "urgent", mode: "expression", value: "sort.urgent" },
        ],
      }),
    ],
    edges: [
      edge("input", "sort"),
      edge("sort", "urgent"),
      edge("urgent", "reply", "true"),
      edge("urgent", "file", "false"),
      edge("reply", "join"),
      edge("file", "join"),
      edge("join", "output"),
    ],
  };
}

function reviewGraph(modelKey: string): Graph {
  return {
    version: 1,
    nodes: [
      inputNode("brief", "Brief"),
      node(
        "draft",
        "llm",
        "Draft",
        272,
        0,
        llm(modelKey, "You are a clear, concrete writer.", "{{ input.brief }}"),
      ),
      node(
        "risks",
        "llm",
        "List the risks",
        272,
        240,
        llm(
          modelKey,
          "You look for what could go wrong.",
          "List the risks of this brief:\n{{ input.brief }}",
        ),
      ),
      node("join", "merge", "Join", 544, 120, { mode: "all" }),
      node("output", "output", "Output", 816, 120, {
        fields: [
          { key: "draft", mode: "template", value: "{{ draft.text }}" },
          { key: "risks", mode: "template", value: "{{ risks.text }}" },
        ],
      }),
    ],
    edges: [
      edge("input", "draft"),
      edge("input", "risks"),
      edge("draft", "join"),
      edge("risks", "join"),
      edge("join", "output"),
    ],
  };
}
