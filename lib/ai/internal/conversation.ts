import type {
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4ToolResultOutput,
} from "@ai-sdk/provider";
import type { Passage } from "./ranking";
import { tame } from "./text";

export type ToolOutcome = { name: string; value: unknown; isError: boolean };

/** A prompt taken apart into what the built-in model works with. */
export type Conversation = {
  system: string;
  /** The newest user message without the passages in it. */
  request: string;
  /** Earlier user and assistant messages, oldest first. */
  history: string[];
  /** Numbered passages from the messages and from tool results. */
  passages: Passage[];
  /** Results of tools called since the newest user message. */
  outcomes: ToolOutcome[];
};

export function readConversation(prompt: LanguageModelV4Prompt): Conversation {
  const system = prompt
    .flatMap((message) => (message.role === "system" ? [message.content] : []))
    .join("\n\n");
  const lastUser = prompt.findLastIndex((message) => message.role === "user");
  const spoken = prompt.map((message) => ({ role: message.role, text: tame(textOf(message)) }));
  const userText = spoken[lastUser]?.text ?? "";
  const inUser = splitPassages(userText);
  const inSystem = splitPassages(system);
  const outcomes = prompt.slice(lastUser + 1).flatMap(outcomesOf);
  const retrieved = outcomes.flatMap((outcome) => (outcome.isError ? [] : passagesIn(outcome.value)));
  return {
    system: inSystem.rest,
    request: inUser.rest,
    history: spoken
      .slice(0, Math.max(0, lastUser))
      .flatMap(({ role, text }) => (role === "user" || role === "assistant" ? [text] : []))
      .filter((text) => text !== ""),
    passages: [...retrieved, ...inUser.passages, ...inSystem.passages],
    outcomes,
  };
}

function textOf(message: LanguageModelV4Message): string {
  if (message.role === "system") return message.content;
  return message.content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
}

function outcomesOf(message: LanguageModelV4Message): ToolOutcome[] {
  if (message.role !== "tool") return [];
  return message.content.flatMap((part) =>
    part.type === "tool-result"
      ? [
          {
            name: part.toolName,
            value: outputValue(part.output),
            isError: part.output.type.startsWith("error"),
          },
        ]
      : [],
  );
}

function outputValue(output: LanguageModelV4ToolResultOutput): unknown {
  if (output.type === "execution-denied") return output.reason ?? "denied";
  if (output.type === "content")
    return output.value.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
  return output.value;
}

const NUMBERED = /^\s*\[(\d{1,3})\]\s*/;

/** Separates blocks that start with `[n]` at the start of a line, up to the next one or a closing tag, from the rest. */
function splitPassages(text: string): { rest: string; passages: Passage[] } {
  const passages: Passage[] = [];
  const rest: string[] = [];
  let open: { marker: number; lines: string[] } | null = null;
  const close = () => {
    if (open) passages.push(toPassage(open.marker, open.lines));
    open = null;
  };
  for (const line of text.split("\n")) {
    const start = NUMBERED.exec(line);
    if (start) {
      close();
      open = { marker: Number(start[1]), lines: [line.replace(NUMBERED, "")] };
    } else if (/^\s*<\/?(passages?|context|documents?)\b[^>]*>\s*$/i.test(line)) close();
    else if (open && /^\s*(question|instruction|task|request)s?\s*:/i.test(line)) {
      close();
      rest.push(line);
    } else if (open) (open as { lines: string[] }).lines.push(line);
    else rest.push(line);
  }
  close();
  return { rest: rest.join("\n").trim(), passages };
}

function toPassage(marker: number, lines: readonly string[]): Passage {
  const [first = "", ...others] = lines;
  const body = others.join("\n").trim();
  const isTitle = body !== "" && !/[.!?]$/.test(first.trim()) && first.length <= 160;
  return isTitle
    ? { marker, title: first.trim(), text: body }
    : { marker, text: [first, body].join("\n").trim() };
}

/** Finds passages in what a search tool gave: objects that hold a text, wherever they are. */
function passagesIn(value: unknown, depth = 0): Passage[] {
  if (depth > 4 || value === null) return [];
  if (typeof value === "string") return splitPassages(tame(value)).passages;
  if (Array.isArray(value)) return value.flatMap((item) => passagesIn(item, depth + 1));
  if (typeof value !== "object") return [];
  const record: Record<string, unknown> = { ...value };
  const text = record.text ?? record.content ?? record.passage;
  if (typeof text !== "string") return Object.values(record).flatMap((item) => passagesIn(item, depth + 1));
  const marker = record.marker ?? record.number ?? record.index;
  const title = record.title ?? record.filename ?? record.source;
  return [
    {
      text: tame(text),
      ...(typeof marker === "number" ? { marker } : {}),
      ...(typeof title === "string" ? { title } : {}),
    },
  ];
}
