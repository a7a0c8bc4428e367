import type { ServerAction } from "@/lib/result";
import { isFinished } from "@/lib/runs/input";
import type { ReplayForm } from "@/lib/runs/replay-form";
import type { ResumePreview } from "@/lib/runs/resume-preview";
import type { RunSummary } from "@/lib/runs/run-columns";
import { ReplayRun } from "./replay-run";
import { ResumeRun } from "./resume-run";

/** The server's part of doing a run again. */
export type AgainActions = {
  readonly preview: ServerAction<ResumePreview>;
  readonly resume: ServerAction<{ executionId: string }>;
  readonly form: ServerAction<ReplayForm>;
  readonly replay: ServerAction<{ executionId: string }>;
};

/** Resume, where something is left to do, and replay, for a run that somebody or something started. */
export function RunAgain({
  run,
  actions,
}: {
  run: Pick<RunSummary, "id" | "status" | "trigger">;
  actions: AgainActions;
}) {
  if (run.trigger === "playground" || run.trigger === "workflow") return null;
  const isLeft = isFinished(run.status) && run.status !== "completed";
  return (
    <>
      <ReplayRun executionId={run.id} form={actions.form} action={actions.replay} />
      {isLeft ? <ResumeRun executionId={run.id} preview={actions.preview} action={actions.resume} /> : null}
    </>
  );
}
