import { CodeBlock } from "@/components/shared/code-block";
import { JsonView } from "@/components/shared/json-view";
import { Badge } from "@/components/ui/badge";
import { toolLabel } from "@/lib/agents/words";
import type { StepDetail } from "@/lib/runs/step-queries";
import { CitationList } from "./citation-list";
import { Fold, Part } from "./panel-part";
import { ModelCallList } from "./step-lists";

const SPEAKERS: Readonly<Record<string, string>> = { user: "User message", assistant: "Answer of the model" };

/** The models a step called: what they were sent, the passages put before them, the tools they used. */
export function ModelUse({
  detail,
}: {
  detail: Pick<
    StepDetail,
    "calls" | "systemPrompt" | "messages" | "retrieved" | "toolCalls" | "cheaperModel" | "modelNames"
  >;
}) {
  const { calls, systemPrompt, messages, retrieved, toolCalls, cheaperModel, modelNames } = detail;
  const nameOf = (modelKey: string) => modelNames[modelKey] ?? modelKey;
  if (calls.length === 0 && !systemPrompt && messages.length === 0) return null;
  return (
    <Part title="Model calls">
      {cheaperModel ? (
        <p className="text-muted-foreground text-sm">
          A spending cap had it answer with {nameOf(cheaperModel.used)} instead of{" "}
          {nameOf(cheaperModel.insteadOf)}.
        </p>
      ) : null}
      {calls.length > 0 ? <ModelCallList calls={calls} names={modelNames} /> : null}
      {systemPrompt || messages.length > 0 ? (
        <Fold title="Prompt as it was sent">
          {systemPrompt ? <CodeBlock code={systemPrompt} title="System prompt" wrap /> : null}
          {messages.map(({ role, content }, index) => (
            <CodeBlock
              // biome-ignore lint/suspicious/noArrayIndexKey: a prompt that was sent never changes
              key={index}
              code={content}
              title={SPEAKERS[role] ?? role}
              wrap
            />
          ))}
        </Fold>
      ) : null}
      {retrieved.length > 0 ? (
        <Fold title={`Retrieved passages (${retrieved.length})`}>
          <CitationList citations={retrieved} />
        </Fold>
      ) : null}
      {toolCalls.length > 0 ? <ToolCalls calls={toolCalls} /> : null}
    </Part>
  );
}

type ToolCall = { name: string; input: unknown; output: unknown; error: string | null };

function readToolCall(value: unknown): ToolCall | null {
  if (typeof value !== "object" || value === null || !("name" in value)) return null;
  const { name, input, output, error } = value as Record<string, unknown>;
  return { name: String(name), input, output, error: typeof error === "string" ? error : null };
}

function ToolCalls({ calls }: { calls: readonly unknown[] }) {
  const known = calls.flatMap((call) => readToolCall(call) ?? []);
  return (
    <Fold title={`Tool calls (${known.length})`}>
      <ol className="grid gap-3">
        {known.map((call, index) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: calls that were made never change
            key={index}
            className="grid grid-cols-[minmax(0,1fr)] gap-2 rounded-lg border p-3"
          >
            <span className="flex items-center justify-between gap-2 font-medium text-sm">
              <span className="wrap-anywhere">{toolLabel(call.name)}</span>
              {call.error ? <Badge tone="danger">Failed</Badge> : <Badge tone="success">Done</Badge>}
            </span>
            <JsonView value={call.input} title="Arguments" />
            {call.error ? (
              <p className="text-danger text-sm">{call.error}</p>
            ) : (
              <JsonView value={call.output} title="Result" />
            )}
          </li>
        ))}
      </ol>
    </Fold>
  );
}
