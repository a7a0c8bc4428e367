import type { ProviderRequest } from "./journal";
import { questionOf } from "./journal";
import {
  after,
  chat,
  chatStream,
  completionText,
  cut,
  cutHalfway,
  drip,
  embeddings,
  hang,
  json,
  type Reply,
  raw,
  toolCall,
  type Usage,
} from "./replies";

/**
 * How a request says what is to become of it, so that callers in other processes can: a prompt or a model's name holds
 * `[[busy 2]]`, a plain request goes to `/do/busy/2`. Without either it is answered at once. Numbers are the scenario's:
 * how often (then the answer is fine), or milliseconds.
 */
const MARK = /\[\[([a-z_]+)((?: [\w.-]+)*)\]\]/;

const FIVE_MB = 5_000_000;
const ANSWER = "All is well.";

const WRONG_USAGE: Readonly<Record<string, Usage>> = {
  negative: { prompt_tokens: -5, completion_tokens: -7 },
  absurd: { prompt_tokens: 1e12, completion_tokens: 1e12 },
  nan: { prompt_tokens: Number.NaN, completion_tokens: Number.NaN },
  text: { prompt_tokens: "many", completion_tokens: "NaN" },
  fractional: { prompt_tokens: 1.5, completion_tokens: 2.5 },
  missing: null,
};

type Asked = {
  readonly request: ProviderRequest;
  readonly numbers: readonly number[];
  readonly word: string;
};
type Scenario = (asked: Asked) => Reply;

function fine({ path }: ProviderRequest): Reply {
  if (path.endsWith("/embeddings")) return embeddings;
  if (!path.endsWith("/chat/completions")) return json(200, { ok: true, path });
  return chat({ content: ANSWER });
}

/** The first so many requests with this key fail; 0 or nothing: all of them. */
function failing(reply: (numbers: readonly number[]) => Reply): Scenario {
  return ({ request, numbers }) => {
    const times = numbers[0] || Number.POSITIVE_INFINITY;
    return request.turn > times ? fine(request) : reply(numbers.slice(1));
  };
}

/** Text in place of an answer: for a chat inside of it, else as the body. */
function saying(text: string): Scenario {
  return ({ request }) =>
    request.path.endsWith("/chat/completions") ? chat({ content: text }) : raw(200, JSON.stringify(text));
}

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  ok: ({ request, numbers: [ms = 0] }) => after(ms, fine(request)),
  busy: failing(([seconds = 0]) =>
    json(429, { error: { message: "slow down" } }, { "retry-after": String(seconds) }),
  ),
  broken: failing(() => json(500, { error: { message: "broken" } })),
  unavailable: failing(() => json(503, { error: { message: "unavailable" } })),
  refused: failing(() => json(400, { error: { message: "refused" } })),
  hang: failing(() => hang),
  reset: failing(() => cut),
  cut: ({ request, numbers }) =>
    failing(() =>
      request.body.stream === true ? chatStream(["One ", "two "], "cut") : cutHalfway(completionText(ANSWER)),
    )({ request, numbers, word: "" }),
  /** Says a word every so often, for a minute. */
  talk: ({ numbers: [ms = 100] }) => chatStream(Array(Math.ceil(60_000 / ms)).fill("word "), "done", ms),
  drip: ({ numbers: [ms = 100] }) => drip(completionText(ANSWER), ms),
  malformed: failing(() => raw(200, '{"choices": [{')),
  wrong_schema: saying('{"unexpected": true}'),
  no_json: saying("this is not json"),
  huge: saying("x".repeat(FIVE_MB)),
  nul: saying(`a\u0000b ${"\ud800"} c`),
  unknown_tool: ({ request }) => (request.isFollowUp ? fine(request) : chat(toolCall("no_such_tool", {}))),
  endless_tools: ({ word }) => chat(toolCall(word || "calculator", { expression: "1 + 1" })),
  usage: ({ word }) => chat({ content: ANSWER }, WRONG_USAGE[word] ?? null),
  redirect: ({ request }) => json(302, {}, { location: request.path }),
  random: ({ request, numbers: [seed = 0] }) => mixed(request, seed),
};

/** Mostly fine, sometimes not: what it is follows from the seed, the key and the turn, whoever asks when. */
function mixed(request: ProviderRequest, seed: number): Reply {
  const draw = hash(`${seed} ${request.key} ${request.turn}`);
  const kinds = [json(429, {}, { "retry-after": "0" }), json(503, {}), json(500, {}), cut, raw(200, "{")];
  const kind = kinds[draw % 40];
  return kind ?? after(draw % 97, fine(request));
}

/** FNV-1a: the same on every machine. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}

/** What the request asks to be done with it. */
export function scenarioReply(request: ProviderRequest): Reply {
  const [, name, ...rest] = pathMark(request.path) ?? textMark(request) ?? [];
  if (!name) return fine(request);
  const scenario = SCENARIOS[name];
  if (!scenario) return json(500, { error: { message: `there is no scenario ${name}` } });
  const numbers = rest.map(Number).filter((number) => !Number.isNaN(number));
  return scenario({ request, numbers, word: rest.find((part) => Number.isNaN(Number(part))) ?? "" });
}

function pathMark(path: string): string[] | null {
  const [first, name = "", ...rest] = path.split("?")[0]?.split("/").slice(1) ?? [];
  return first === "do" ? ["", name, ...rest] : null;
}

function textMark(request: ProviderRequest): string[] | null {
  const found = MARK.exec(`${request.body.model ?? ""} ${questionOf(request.body) ?? ""}`);
  return found ? ["", found[1] ?? "", ...(found[2] ?? "").split(" ").filter(Boolean)] : null;
}
