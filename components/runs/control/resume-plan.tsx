import { CircleCheck, CirclePlay } from "lucide-react";
import type { ReactNode } from "react";
import { Money } from "@/components/shared/money";
import { StatusBadge } from "@/components/shared/status-badge";
import { Alert } from "@/components/ui/alert";
import { Link } from "@/components/ui/link";
import { VersionDiff } from "@/components/workflows/version-diff";
import type { ResumePreview } from "@/lib/runs/resume-preview";
import type { AgainReason } from "@/lib/runs/reuse";

const REASONS: Readonly<Record<AgainReason, string>> = {
  failed: "failed",
  stopped: "was stopped",
  not_reached: "did not run",
  changed: "changed since",
  follows: "follows one that runs again",
};

/** What a resumed run takes over and saves, what it runs, and what changed between the versions. */
export function ResumePlan({ plan }: { plan: ResumePreview }) {
  return (
    <>
      <ResumedAlready runs={plan.resumedAs} />
      <p className="flex items-baseline justify-between gap-3 rounded-lg border border-success/25 bg-success-soft px-4 py-3 text-sm">
        <span>Not billed again</span>
        <Money micros={plan.savedMicros} className="font-semibold text-base" />
      </p>
      <NodeList title="Taken over" empty="Nothing: all of it runs again.">
        {plan.reused.map((node) => (
          <NodeLine key={node.nodeId} icon="done" name={node.name}>
            <Money micros={node.costMicros} className="text-muted-foreground" />
          </NodeLine>
        ))}
      </NodeList>
      <NodeList title="Runs" empty="Nothing is left to run.">
        {plan.again.map((node) => (
          <NodeLine key={node.nodeId} icon="runs" name={node.name}>
            <span className="text-muted-foreground text-xs">
              {REASONS[node.reason]}
              {node.savedMicros === "0" ? null : (
                <>
                  , taken over inside: <Money micros={node.savedMicros} />
                </>
              )}
            </span>
          </NodeLine>
        ))}
      </NodeList>
      {plan.leftOutInput.length > 0 ? (
        <Alert tone="info" title="Not all of its input is given again">
          This version does not ask for {plan.leftOutInput.map((label) => `“${label}”`).join(", ")} any more.
        </Alert>
      ) : null}
      {plan.diff ? (
        <section className="min-w-0">
          <h3 className="mb-2 font-medium text-sm">
            Changes since version {plan.from}
            {plan.to === null ? ", in the draft" : `, in version ${plan.to}`}
          </h3>
          <VersionDiff diff={plan.diff} />
        </section>
      ) : null}
      {plan.around.called.map(({ workflowId, name, from, to, diff }) => (
        <section key={workflowId} className="min-w-0">
          <h3 className="wrap-anywhere mb-2 font-medium text-sm">
            Changes in “{name}”, which it calls, since version {from}, in version {to}
          </h3>
          <VersionDiff diff={diff} />
        </section>
      ))}
      {plan.around.agents.length > 0 ? (
        <p className="wrap-anywhere text-sm">
          {plan.around.agents.length === 1 ? "This agent was changed" : "These agents were changed"} since:{" "}
          {plan.around.agents.map((name) => `“${name}”`).join(", ")}.
        </p>
      ) : null}
    </>
  );
}

/** What is left runs, and is billed, in every run that goes on with it: an answer may be sent twice. */
function ResumedAlready({ runs }: { runs: ResumePreview["resumedAs"] }) {
  if (runs.length === 0) return null;
  return (
    <Alert tone="warning" title="It was resumed already">
      <p>Resuming it again does what is left, and bills it, once more.</p>
      <ul className="mt-1.5 grid gap-1.5">
        {runs.map(({ id, status }) => (
          <li key={id} className="flex items-center gap-2">
            <Link href={`/app/runs/${id}`} className="rounded-sm font-mono text-brand hover:underline">
              {id.slice(0, 13)}
            </Link>
            <StatusBadge status={status} />
          </li>
        ))}
      </ul>
    </Alert>
  );
}

function NodeList({
  title,
  empty,
  children,
}: {
  title: string;
  empty: string;
  children: readonly ReactNode[];
}) {
  return (
    <section>
      <h3 className="mb-1.5 font-medium text-sm">
        {title}
        {children.length > 0 ? (
          <span className="ml-1.5 font-normal text-muted-foreground">{children.length}</span>
        ) : null}
      </h3>
      {children.length > 0 ? (
        <ul
          aria-label={title}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached with the keyboard
          tabIndex={0}
          className="scrollbar-thin grid max-h-44 gap-1 overflow-y-auto"
        >
          {children}
        </ul>
      ) : (
        <p className="text-muted-foreground text-sm">{empty}</p>
      )}
    </section>
  );
}

function NodeLine({ icon, name, children }: { icon: "done" | "runs"; name: string; children: ReactNode }) {
  return (
    <li className="flex flex-wrap items-center gap-x-2 text-sm">
      {icon === "done" ? (
        <CircleCheck className="size-4 shrink-0 text-success" aria-hidden="true" />
      ) : (
        <CirclePlay className="size-4 shrink-0 text-info" aria-hidden="true" />
      )}
      <span className="wrap-anywhere min-w-0 flex-1 basis-40">{name}</span>
      <span className="ml-auto">{children}</span>
    </li>
  );
}
