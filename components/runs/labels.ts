import { formatCount } from "@/components/shared/format";
import type { Asking } from "@/lib/approvals/asking";
import type { RunMode, RunStatus, RunTrigger } from "@/lib/runs/input";
import type { MoneyWait } from "@/lib/runs/money-wait";
import type { Retrying } from "@/lib/runs/retrying";

export const TRIGGER_LABELS: Readonly<Record<RunTrigger, string>> = {
  console: "Console",
  playground: "Playground",
  api: "API",
  webhook: "Webhook",
  schedule: "Schedule",
  form: "Form",
  workflow: "Workflow",
  seed: "Example",
};

export const STATUS_LABELS: Readonly<Record<RunStatus, string>> = {
  pending: "Pending",
  running: "Running",
  waiting: "Waiting",
  completed: "Completed",
  failed: "Failed",
  cancelled: "Cancelled",
};

/** How a run stands, for people: one that has waited is not begun anew, it goes on as soon as there is room. */
export function shownRunStatus({ status, startedAt }: { status: string; startedAt?: unknown }): string {
  return status === "pending" && startedAt ? "going_on" : status;
}

/** After "Started". */
export const STARTED: Readonly<Record<RunTrigger, string>> = {
  console: "in the console",
  playground: "in the playground",
  api: "through the API",
  webhook: "by a webhook",
  schedule: "on schedule",
  form: "from a form",
  workflow: "by another run",
  seed: "as an example",
};

/** What the problem of a step means, by the step's status: a node may go on after one. */
export function problemOf(status: string): { tone: "warning" | "danger"; title: string } {
  if (status === "running") return { tone: "warning", title: "The last attempt failed; it is tried again" };
  if (status === "completed") return { tone: "warning", title: "This node failed, and the run went on" };
  return { tone: "danger", title: "This node failed" };
}

/** That something failed and is tried again, and what went wrong last. */
export function retryingWords({ count, message }: Retrying, what: { one: string; many: string }): string {
  const which =
    count === 1 ? `${what.one} failed and is` : `${formatCount(count)} ${what.many} failed and are`;
  return `${which} tried again. ${count === 1 ? "What went wrong" : "The last failure"}: ${message}`;
}

/** What a run waits for somebody to say. */
export function askingWords({ count, title }: Asking): string {
  return count === 1
    ? `Waits for an answer: ${title}`
    : `Waits for ${formatCount(count)} answers. The newest question: ${title}`;
}

/** What of money a run waits for. */
export const MONEY_WORDS: Readonly<Record<MoneyWait["reason"], string>> = {
  credit: "Waits for credit.",
  cap: "Waits for room under a spending cap.",
  ask: "Waits for the admins to allow more than a spending cap.",
};

/** Before the id of the run it was made of; nothing for one that was simply started. */
export const MODE_LABELS: Readonly<Record<RunMode, string | null>> = {
  start: null,
  resume: "Resumed from",
  replay: "Replayed from",
  nodes: "Some nodes of the draft",
};
