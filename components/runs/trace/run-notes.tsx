import type { ReactNode } from "react";
import { MoneyRemedy } from "@/components/billing/money-remedy";
import { formatCount } from "@/components/shared/format";
import { LiveRefresh } from "@/components/shared/live-refresh";
import { StatusBadge } from "@/components/shared/status-badge";
import { Link } from "@/components/ui/link";
import type { RunQuestion } from "@/lib/approvals/run-questions";
import { waitForAnswers } from "@/lib/approvals/way";
import type { RunStatus } from "@/lib/runs/input";
import type { MoneyWait } from "@/lib/runs/money-wait";

export type RunOrigin = {
  readonly mode: string;
  readonly sourceExecutionId: string | null;
  readonly isTakenOver: boolean;
  readonly only: readonly string[] | null;
  readonly hasPins: boolean;
  readonly triggerName: string | null;
  readonly successors: readonly { readonly id: string; readonly mode: string; readonly status: RunStatus }[];
};

/** Why a run does nothing at this moment. */
export type Waiting =
  | {
      readonly kind: "line";
      readonly position: number;
      readonly running: number;
      readonly maxRunning: number;
    }
  | { readonly kind: "suspended" }
  | { readonly kind: "held" }
  | { readonly kind: "busy"; readonly steps: number };

const FROM: Readonly<Record<string, string>> = {
  resume: "Resumed from",
  replay: "Replayed from",
  nodes: "Runs some nodes of",
};
const AS: Readonly<Record<string, string>> = {
  resume: "Resumed as",
  replay: "Replayed as",
  nodes: "Some nodes ran again as",
};

/** Why a run waits, what it came from and what came of it, each one click away; nothing for a run that stands by itself. */
export function RunNotes({
  origin,
  waiting,
  money,
  maySpend,
  questions,
  shownQuestionId,
}: {
  origin: RunOrigin;
  waiting: Waiting | null;
  /** The money it waits for, as a sentence. */
  money: MoneyWait | null;
  /** Whether credit and caps are the reader's to change. */
  maySpend: boolean;
  /** What it asks people. */
  questions: readonly RunQuestion[];
  /** The question of the step that is shown, which says so itself. */
  shownQuestionId: string | null;
}) {
  const notes: { key: string; content: ReactNode }[] = [];
  if (waiting) {
    const content = (
      <>
        <LiveRefresh active />
        {whyOf(waiting)}
      </>
    );
    notes.push({ key: "waiting", content });
  }
  if (money) {
    const content = (
      <>
        <LiveRefresh active />
        <span>
          {money.message}{" "}
          <MoneyRemedy reason={money.reason} maySpend={maySpend} className="text-brand hover:underline" />
        </span>
      </>
    );
    notes.push({ key: "money", content });
  }
  const asks = waitForAnswers(questions, shownQuestionId);
  if (asks) {
    const content = (
      <>
        <LiveRefresh active />
        <span>
          {asks.says}{" "}
          <Link href={asks.href} className="rounded-sm text-brand hover:underline">
            {asks.label}
          </Link>
        </span>
      </>
    );
    notes.push({ key: "questions", content });
  }
  if (origin.sourceExecutionId) {
    const from = origin.isTakenOver ? "Taken over from" : (FROM[origin.mode] ?? "Goes back to");
    notes.push({ key: "source", content: <RunLink label={from} id={origin.sourceExecutionId} /> });
    if (origin.isTakenOver)
      notes.push({ key: "taken over", content: "Nothing of it ran again or was billed again" });
  }
  if (origin.only) notes.push({ key: "nodes", content: `Only: ${origin.only.join(", ")}` });
  if (origin.hasPins) notes.push({ key: "pins", content: "Pinned outputs stand in for their nodes" });
  for (const { id, mode, status } of origin.successors) {
    const content = (
      <>
        <RunLink label={AS[mode] ?? "Went on as"} id={id} /> <StatusBadge status={status} />
      </>
    );
    notes.push({ key: id, content });
  }
  if (notes.length === 0) return null;
  return (
    <ul className="mb-6 flex flex-wrap gap-x-6 gap-y-2 rounded-lg border bg-muted/40 px-4 py-3 text-sm">
      {notes.map(({ key, content }) => (
        <li key={key} className="flex items-center gap-2">
          {content}
        </li>
      ))}
    </ul>
  );
}

function whyOf(waiting: Waiting): string {
  switch (waiting.kind) {
    case "line":
      return `Number ${formatCount(waiting.position)} in line: ${formatCount(waiting.running)} of at most ${formatCount(waiting.maxRunning)} runs of this workspace are going on`;
    case "suspended":
      return "This workspace is suspended: it begins by itself once that is over";
    case "held":
      return "The operator holds the work on runs of this workspace: it goes on by itself once that is over";
    case "busy":
      return `Waits for its turn: ${formatCount(waiting.steps)} steps of other runs of this workspace are worked on, as many as may be at once`;
  }
}

function RunLink({ label, id }: { label: string; id: string }) {
  return (
    <span>
      {label}{" "}
      <Link href={`/app/runs/${id}`} className="rounded-sm font-mono text-brand text-xs hover:underline">
        {id.slice(0, 13)}
      </Link>
    </span>
  );
}
