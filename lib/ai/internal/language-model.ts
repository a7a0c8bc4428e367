import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
  LanguageModelV4StreamResult,
  LanguageModelV4Usage,
} from "@ai-sdk/provider";
import { countTokens, firstTokens } from "../tokens";
import { answerInText } from "./answer";
import { readConversation } from "./conversation";
import { answerInJson } from "./json-answer";
import type { JsonSchema } from "./json-schema";
import { chooseTool } from "./tool-choice";

type Reply = Pick<LanguageModelV4GenerateResult, "content" | "finishReason" | "usage">;

/**
 * The built-in language model: deterministic, without network or weights. It answers with sentences of the passages
 * and messages it is given (citing the numbers of passages), summarises by choosing sentences, picks among labels,
 * fills JSON schemas and calls a tool when the message clearly asks for one. It writes nothing of its own.
 */
export class InternalLanguageModel implements LanguageModelV4 {
  readonly specificationVersion = "v4";
  readonly provider = "internal";
  readonly supportedUrls = {};

  constructor(readonly modelId: string) {}

  async doGenerate(options: LanguageModelV4CallOptions): Promise<LanguageModelV4GenerateResult> {
    options.abortSignal?.throwIfAborted();
    return { ...reply(options), warnings: [], response: { modelId: this.modelId } };
  }

  async doStream(options: LanguageModelV4CallOptions): Promise<LanguageModelV4StreamResult> {
    options.abortSignal?.throwIfAborted();
    const parts = streamParts(reply(options));
    return {
      stream: new ReadableStream<LanguageModelV4StreamPart>({
        // One part for each pull, with a turn of the event loop between, so that an abort is seen at the next word.
        async pull(controller) {
          await new Promise((resolve) => setImmediate(resolve));
          if (options.abortSignal?.aborted) {
            controller.error(options.abortSignal.reason);
            return;
          }
          const part = parts.shift();
          if (part) controller.enqueue(part);
          else controller.close();
        },
      }),
    };
  }
}

function reply(options: LanguageModelV4CallOptions): Reply {
  const conversation = readConversation(options.prompt);
  const inputTokens = countTokens(promptText(options));
  const tool = chooseTool(conversation, options);
  if (tool) {
    const input = JSON.stringify(tool.input);
    const toolCallId = `call_${conversation.outcomes.length + 1}_${inputTokens}`;
    const content: LanguageModelV4Content[] = [{ type: "tool-call", toolCallId, toolName: tool.name, input }];
    const usage = usageOf(inputTokens, countTokens(tool.name + input));
    return { content, usage, finishReason: { unified: "tool-calls", raw: undefined } };
  }
  const format = options.responseFormat;
  const full = format?.type === "json" ? jsonText(format.schema, conversation) : answerInText(conversation);
  const stopped = cutAtStop(full, options.stopSequences);
  const text =
    options.maxOutputTokens === undefined ? stopped : firstTokens(stopped, options.maxOutputTokens);
  return {
    content: [{ type: "text", text }],
    usage: usageOf(inputTokens, countTokens(text)),
    finishReason: { unified: text.length < stopped.length ? "length" : "stop", raw: undefined },
  };
}

function jsonText(schema: JsonSchema | undefined, conversation: ReturnType<typeof readConversation>): string {
  return JSON.stringify(schema ? answerInJson(schema, conversation) : { answer: answerInText(conversation) });
}

function promptText(options: LanguageModelV4CallOptions): string {
  const messages = options.prompt.map((message) =>
    typeof message.content === "string"
      ? message.content
      : message.content.map((part) => (part.type === "text" ? part.text : JSON.stringify(part))).join("\n"),
  );
  const tools = options.tools && options.tools.length > 0 ? [JSON.stringify(options.tools)] : [];
  return [...messages, ...tools].join("\n");
}

function cutAtStop(text: string, stops: readonly string[] | undefined): string {
  const ends = (stops ?? []).map((stop) => text.indexOf(stop)).filter((index) => index >= 0);
  return ends.length > 0 ? text.slice(0, Math.min(...ends)) : text;
}

function usageOf(input: number, output: number): LanguageModelV4Usage {
  return {
    inputTokens: { total: input, noCache: input, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: output, text: output, reasoning: 0 },
  };
}

function streamParts({ content, finishReason, usage }: Reply): LanguageModelV4StreamPart[] {
  const parts: LanguageModelV4StreamPart[] = [{ type: "stream-start", warnings: [] }];
  for (const item of content) {
    if (item.type === "tool-call") parts.push(item);
    if (item.type !== "text") continue;
    parts.push({ type: "text-start", id: "0" });
    for (const delta of item.text.match(/\s*\S+\s*?/g) ?? [])
      parts.push({ type: "text-delta", id: "0", delta });
    parts.push({ type: "text-end", id: "0" });
  }
  parts.push({ type: "finish", finishReason, usage });
  return parts;
}
