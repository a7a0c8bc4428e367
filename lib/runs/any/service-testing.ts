import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll } from "vitest";
import { completionText, streamOf } from "@/e2e/provider/replies";
import { CATEGORIES, FLAKY, MODEL_TOKENS, saysOf, wayOf } from "./said";

type Answer = { readonly status: number; readonly body: string; readonly type?: string };

const USAGE = { prompt_tokens: MODEL_TOKENS.input, completion_tokens: MODEL_TOKENS.output };

async function readAll(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return text;
}

/** A service on this machine that gives back what it was asked with, a model that says so, and refuses some. */
export async function startService() {
  const broken = new Set<string>();

  function answerPlain({ pathname, searchParams }: URL): Answer {
    const [, way, id = ""] = pathname.split("/");
    const isRefused = way === "never" || (way === "flaky" && broken.has(id));
    const body = JSON.stringify({ v: isRefused ? "refused" : searchParams.get("v") });
    return { status: isRefused ? 404 : 200, body };
  }

  /** What is asked begins with the id of the node that asks. */
  function answerAsModel(text: string): Answer {
    const asked = JSON.parse(text) as { messages: { content: unknown }[]; stream?: boolean };
    const content = asked.messages.at(-1)?.content;
    const prompt = typeof content === "string" ? content : ((content as { text: string }[])[0]?.text ?? "");
    const isRefused = text.includes(FLAKY) && broken.has(prompt.split(":")[0] ?? "");
    if (isRefused) return { status: 404, body: JSON.stringify({ error: { message: "no such model" } }) };
    const isSorting = CATEGORIES.every((key) => text.includes(`- ${key}: `));
    const said = isSorting ? JSON.stringify({ category: wayOf(prompt) }) : saysOf(prompt);
    if (!asked.stream) return { status: 200, body: completionText(said, USAGE) };
    return { status: 200, body: streamOf({ content: said }, USAGE), type: "text/event-stream" };
  }

  const server = createServer(async (request, response) => {
    const text = await readAll(request);
    const url = new URL(request.url ?? "", "http://service");
    const isModel = url.pathname.startsWith("/v1/");
    const { status, body, type = "application/json" } = isModel ? answerAsModel(text) : answerPlain(url);
    response.writeHead(status, { "content-type": type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.OUTBOUND_ALLOW = host;
  afterAll(() => void server.close());
  return { broken, host };
}
