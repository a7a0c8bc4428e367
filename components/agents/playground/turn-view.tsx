"use client";

import { Check, LoaderCircle, TriangleAlert, Wrench } from "lucide-react";
import type { ToolUse, Turn } from "@/components/agents/playground/conversation";
import { Markdown } from "@/components/shared/markdown";
import { Money } from "@/components/shared/money";
import { Alert } from "@/components/ui/alert";
import { Link } from "@/components/ui/link";
import type { AnswerFacts } from "@/lib/agents/playground-events";
import type { Citation } from "@/lib/agents/prompt";
import { toolLabel } from "@/lib/agents/words";
import { cn } from "@/lib/cn";
import { passageHref } from "@/lib/knowledge/links";

/** One question with its answer: tools on the way, the text, its sources, and what it used. */
export function TurnView({ turn, name }: { turn: Turn; name: string }) {
  return (
    <article className="grid min-w-0 gap-3">
      <div className="wrap-anywhere ml-8 justify-self-end whitespace-pre-wrap rounded-xl bg-secondary px-3.5 py-2 text-secondary-foreground text-sm leading-relaxed">
        <span className="sr-only">You: </span>
        {turn.question}
      </div>
      <div className="grid min-w-0 gap-2.5">
        <span className="sr-only">{name}: </span>
        {turn.tools.length > 0 ? <ToolList tools={turn.tools} /> : null}
        {turn.text ? <Markdown text={turn.text} className="wrap-anywhere min-w-0" /> : null}
        {turn.state === "streaming" && turn.text === "" ? <Thinking /> : null}
        {turn.state === "stopped" ? (
          <p className="text-muted-foreground text-xs">The answer was stopped.</p>
        ) : null}
        {turn.state === "done" && turn.text.trim() === "" ? (
          <p className="text-muted-foreground text-xs">The model gave an answer without a word in it.</p>
        ) : null}
        {turn.isCut ? (
          <p className="text-muted-foreground text-xs">It reached the longest answer that it may give.</p>
        ) : null}
        {turn.problem ? <Alert tone="danger">{turn.problem}</Alert> : null}
        {turn.citations.length > 0 ? <Sources citations={turn.citations} /> : null}
        {turn.facts ? <Facts facts={turn.facts} /> : null}
        {!turn.facts && turn.executionId && turn.state !== "streaming" ? (
          <TraceLink executionId={turn.executionId} />
        ) : null}
      </div>
    </article>
  );
}

function Thinking() {
  return (
    <p className="flex items-center gap-2 text-muted-foreground text-sm">
      <LoaderCircle className="size-4 animate-spin" aria-hidden="true" />
      Working on it
    </p>
  );
}

const STATES = {
  called: { icon: LoaderCircle, word: "running" },
  done: { icon: Check, word: "done" },
  failed: { icon: TriangleAlert, word: "failed" },
} as const;

function ToolList({ tools }: { tools: readonly ToolUse[] }) {
  return (
    <ul className="grid gap-1 text-muted-foreground text-xs">
      {tools.map((tool) => {
        const { icon: Icon, word } = STATES[tool.state];
        return (
          <li key={tool.id} className="wrap-anywhere flex items-start gap-1.5">
            <Wrench className="mt-0.5 size-3 shrink-0" aria-hidden="true" />
            <span className="min-w-0">
              <span className="font-medium text-foreground">{toolLabel(tool.name)}</span>{" "}
              {inputOf(tool.input)}
              {tool.message ? <span className="block text-danger">{tool.message}</span> : null}
            </span>
            <Icon
              className={cn("mt-0.5 size-3 shrink-0", tool.state === "called" && "animate-spin")}
              aria-label={word}
            />
          </li>
        );
      })}
    </ul>
  );
}

function inputOf(input: unknown): string {
  if (typeof input !== "object" || input === null) return "";
  const text = Object.values(input).map(String).join(", ");
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}

function Sources({ citations }: { citations: readonly Citation[] }) {
  return (
    <ul className="flex flex-wrap gap-1.5" aria-label="Sources">
      {citations.map((citation) => (
        <li key={citation.chunkId} className="min-w-0">
          <Link
            href={passageHref(citation.documentId, citation.chunkId)}
            title={citation.excerpt}
            className="inline-flex max-w-full items-center gap-1.5 rounded-md border bg-muted px-2 py-1 text-xs hover:bg-accent"
          >
            <span className="tabular font-medium text-brand">[{citation.number}]</span>
            <span className="truncate">
              {citation.filename}
              {citation.page === null ? "" : `, page ${citation.page}`}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Facts({ facts }: { facts: AnswerFacts }) {
  const { inputTokens, outputTokens, latencyMs, costMicros, executionId } = facts;
  return (
    <p className="tabular flex flex-wrap items-center gap-x-3 gap-y-1 text-muted-foreground text-xs">
      <span>
        {inputTokens.toLocaleString("en-US")} tokens in, {outputTokens.toLocaleString("en-US")} out
      </span>
      <span>{latencyMs < 1000 ? `${latencyMs} ms` : `${(latencyMs / 1000).toFixed(1)} s`}</span>
      <Money micros={costMicros} exact />
      <TraceLink executionId={executionId} />
    </p>
  );
}

function TraceLink({ executionId }: { executionId: string }) {
  return (
    <Link href={`/app/runs/${executionId}`} className="link text-xs">
      Open the run
    </Link>
  );
}
