"use client";

import { TriangleAlert } from "lucide-react";
import { lookOf } from "@/components/shared/status";
import { cn } from "@/lib/cn";
import { useEditor } from "./context";
import { countIssues } from "./flow-model";
import { NodeIcon } from "./node-icon";
import { outlineOf } from "./outline-model";
import { summaryOf } from "./summary";

/** The workflow as a list in the order of the run: the canvas without a canvas. */
export function Outline() {
  const { state, issues, run, resources, goTo } = useEditor();
  const counts = countIssues(issues);
  return (
    <ol
      className="scrollbar-thin grid h-full content-start gap-1 overflow-y-auto p-3"
      aria-label="Nodes in the order of the run"
    >
      {outlineOf(state.graph).map(({ node, depth }) => {
        const { id } = node;
        const problems = counts.get(id) ?? 0;
        const step = run?.steps.get(id);
        return (
          <li
            key={id}
            style={{ marginLeft: `${Math.min(depth, 4)}rem` }}
            className={depth > 0 ? "border-l pl-2" : ""}
          >
            <button
              type="button"
              onClick={() => goTo(id)}
              aria-current={state.selection.nodes.has(id) ? "true" : undefined}
              className={cn(
                "flex w-full items-center gap-2.5 rounded-lg border border-transparent p-1.5 text-left hover:border-border hover:bg-card",
                state.selection.nodes.has(id) && "border-border bg-card",
              )}
            >
              <NodeIcon kind={node.kind} />
              <span className="min-w-0 flex-1">
                <span className="block truncate font-medium text-sm leading-5">{node.name}</span>
                <span className="block truncate text-muted-foreground text-xs leading-4">
                  {summaryOf(node, resources)}
                </span>
              </span>
              {step ? <StepIcon status={step.status} /> : null}
              {!step && problems > 0 ? (
                <span className="text-warning">
                  <TriangleAlert className="size-4" aria-hidden="true" />
                  <span className="sr-only">{problems === 1 ? "1 problem" : `${problems} problems`}</span>
                </span>
              ) : null}
            </button>
          </li>
        );
      })}
    </ol>
  );
}

function StepIcon({ status }: { status: string }) {
  const { icon: Icon, label, moving } = lookOf(status);
  const tone = { completed: "text-success", failed: "text-danger", running: "text-info" }[status];
  return (
    <span className={cn("shrink-0", tone ?? "text-muted-foreground")} title={label}>
      <Icon className={cn("size-4", moving && "animate-spin [animation-duration:2s]")} aria-hidden="true" />
      <span className="sr-only">{label}</span>
    </span>
  );
}
