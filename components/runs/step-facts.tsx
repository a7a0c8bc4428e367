import { Recycle } from "lucide-react";
import { DateTime } from "@/components/shared/date-time";
import { formatDuration } from "@/components/shared/format";
import { StatusBadge } from "@/components/shared/status-badge";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { adviceFor } from "@/lib/runs/advice";
import type { StepApproval, StepDetail } from "@/lib/runs/step-queries";
import { editorHref } from "./editor-href";
import { problemOf, retryingWords } from "./labels";
import { Part } from "./panel-part";

/** What is wrong with a step, what of it a person can mend, and how. */
export function StepProblem({
  detail,
  editHref,
  isAnswer,
}: {
  detail: Pick<StepDetail, "errorMessage" | "errorCode" | "status" | "fault">;
  editHref: string | null;
  /** Of an answer in the playground. */
  isAnswer: boolean;
}) {
  const { errorMessage, errorCode, status, fault } = detail;
  if (!errorMessage) return null;
  const mendHref = fault ? editorHref(fault) : editHref;
  return (
    <Alert {...problemOf(status)}>
      <p className="wrap-anywhere">{errorMessage}</p>
      {status === "failed" ? (
        <p className="mt-2">
          {adviceFor(errorCode, isAnswer)}{" "}
          {mendHref ? (
            <Link href={mendHref} className="underline underline-offset-4">
              {fault ? "Open the called workflow" : "Open the editor"}
            </Link>
          ) : null}
        </p>
      ) : null}
      {errorCode ? <p className="mt-2 font-mono text-xs">{errorCode}</p> : null}
    </Alert>
  );
}

const PARTS: Readonly<Record<string, { one: string; many: string }>> = {
  map: { one: "An item", many: "items" },
  loop: { one: "A round", many: "rounds" },
};

/** Why what runs inside of a step does not go on just now. */
export function StepRetrying({ detail: { retrying, kind } }: { detail: StepDetail }) {
  if (!retrying) return null;
  const what = PARTS[kind] ?? { one: "A step of it", many: "steps of it" };
  return (
    <Alert tone="warning" title="It is tried again">
      <p className="wrap-anywhere">{retryingWords(retrying, what)}</p>
    </Alert>
  );
}

/** Where an output came from that was not worked out here. */
export function StepOrigin({ detail }: { detail: StepDetail }) {
  if (detail.reused) {
    const { executionId, stepId } = detail.reused;
    return (
      <p className="flex items-center gap-2 rounded-lg border bg-info-soft px-3 py-2 text-sm">
        <Recycle className="size-4 shrink-0 text-info" aria-hidden="true" />
        <span>
          Taken over{" "}
          <Link href={`/app/runs/${executionId}?step=${stepId}`} className="underline underline-offset-4">
            from the earlier run
          </Link>
          : nothing ran, and nothing is billed.
        </span>
      </p>
    );
  }
  if (!detail.isPinned) return null;
  return (
    <p className="rounded-lg border bg-brand-soft px-3 py-2 text-sm">
      This output was pinned by hand for a test: the node did not run.
    </p>
  );
}

/** The attempts before the last, each with what went wrong and the wait that followed; then that, or the one to come. */
export function AttemptList({ detail }: { detail: Pick<StepDetail, "attempts" | "attempt" | "status"> }) {
  const { attempts, attempt: newest, status } = detail;
  if (attempts.length === 0) return null;
  // Between two attempts the newest is one that is over.
  const isBetween = attempts.some(({ attempt }) => attempt === newest);
  return (
    <Part title="Attempts">
      <ol className="divide-y rounded-lg border text-sm">
        {attempts.map((attempt) => (
          <li key={attempt.attempt} className="grid gap-1 px-3 py-2.5">
            <span className="flex items-center justify-between gap-3">
              <span className="font-medium">Attempt {attempt.attempt}</span>
              <StatusBadge status="failed" label={attempt.outcome === "lost" ? "Broken off" : "Failed"} />
            </span>
            {attempt.errorMessage ? (
              <span className="wrap-anywhere text-danger text-xs">{attempt.errorMessage}</span>
            ) : null}
            <span className="tabular text-muted-foreground text-xs">
              {attempt.startedAt
                ? `${formatDuration(attempt.endedAt.getTime() - attempt.startedAt.getTime())} of work`
                : ""}
              {attempt.waitMs ? `, then ${formatDuration(attempt.waitMs)} of waiting` : ""}
            </span>
          </li>
        ))}
        <li className="flex items-center justify-between gap-3 px-3 py-2.5">
          <span className="font-medium">Attempt {isBetween ? newest + 1 : newest}</span>
          {isBetween && status === "running" ? (
            <StatusBadge status="queued" label="Begins by itself" />
          ) : (
            <StatusBadge status={status} />
          )}
        </li>
      </ol>
    </Part>
  );
}

/** What made a node choose its way. */
export function StepDecision({ detail: { decision } }: { detail: StepDetail }) {
  if (!decision) return null;
  return (
    <Part title="Decision">
      <p className="text-sm">
        {decision.by}{" "}
        {decision.expression ? (
          <code className="wrap-anywhere rounded-sm bg-muted px-1 py-0.5 font-mono text-[0.8125rem]">
            {decision.expression}
          </code>
        ) : null}
      </p>
    </Part>
  );
}

/** Until when a step waits, and whom it asked. */
export function StepWaiting({ detail }: { detail: StepDetail }) {
  const { approval, wakeAt, status } = detail;
  if (approval) return <Approval approval={approval} />;
  if (!wakeAt || status !== "waiting") return null;
  return (
    <Part title="Waiting">
      <p className="text-sm">
        It goes on by itself at <DateTime value={wakeAt} format="datetime" />.
      </p>
    </Part>
  );
}

function Approval({ approval }: { approval: StepApproval }) {
  const { id, title, status, comment, answeredByName, answeredAt, expiresAt, isMine } = approval;
  const isOpen = status === "pending";
  const isAsked = isOpen && isMine;
  return (
    <Part title="Approval">
      <div className="grid gap-1.5 rounded-lg border px-3 py-2.5 text-sm">
        <span className="flex items-center justify-between gap-3">
          <span className="wrap-anywhere font-medium">{title}</span>
          <StatusBadge status={isOpen ? "waiting_approval" : status} />
        </span>
        {comment ? <span className="wrap-anywhere text-muted-foreground">“{comment}”</span> : null}
        <span className="text-muted-foreground text-xs">
          {answeredAt ? (
            <>
              {answeredByName ?? "Somebody"} answered, <DateTime value={answeredAt} format="datetime" />
            </>
          ) : expiresAt && isOpen ? (
            <>
              Without an answer it goes on at <DateTime value={expiresAt} format="datetime" />
            </>
          ) : null}
        </span>
        <Button asChild variant={isAsked ? "brand" : "outline"} size="sm" className="w-fit">
          <Link href={`/app/approvals/${id}`}>{isAsked ? "Answer it" : "See the question"}</Link>
        </Button>
      </div>
    </Part>
  );
}
