import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import type { StepStatus } from "@/lib/runs/input";
import { AttemptList, StepProblem } from "./step-facts";

/** The attempts of a step whose first failed, as lines. */
function attemptsOf(status: StepStatus, attempt: number): string[] {
  const failed = {
    attempt: 1,
    outcome: "failed" as const,
    errorCode: "upstream",
    errorMessage: "No.",
    waitMs: 4_000,
    startedAt: new Date(0),
    endedAt: new Date(2_000),
  };
  const html = renderToStaticMarkup(<AttemptList detail={{ attempts: [failed], attempt, status }} />);
  const lines = html.split("</li>").slice(0, -1);
  const textOf = (line: string) => line.slice(line.indexOf("<li")).replaceAll(/<[^>]*>/g, " ");
  return lines.map((line) => textOf(line).replaceAll(/\s+/g, " ").trim());
}

it("names the attempt to come while a step waits for it, and not the one that failed once more", () => {
  const failed = "Attempt 1 Failed No. 2.0 s of work, then 4.0 s of waiting";
  expect(attemptsOf("running", 1)).toEqual([failed, "Attempt 2 Begins by itself"]);
  expect(attemptsOf("waiting", 1)).toEqual([failed, "Attempt 2 Waiting"]);
  expect(attemptsOf("cancelled", 1)).toEqual([failed, "Attempt 2 Cancelled"]);
  expect(attemptsOf("running", 2)).toEqual([failed, "Attempt 2 Running"]);
  expect(attemptsOf("completed", 2)).toEqual([failed, "Attempt 2 Completed"]);
});

it("says of an answer that failed in the playground how to go on, where nothing is resumed", () => {
  const detail = { errorMessage: "No.", errorCode: "provider_error", status: "failed", fault: null } as const;
  const shown = (isAnswer: boolean) =>
    renderToStaticMarkup(<StepProblem detail={detail} editHref={null} isAnswer={isAnswer} />);
  expect(shown(true)).toContain("ask again there");
  expect(shown(false)).not.toContain("ask again there");
});

it("leads to the workflow in which what failed is mended", () => {
  const failed = { errorMessage: "No.", errorCode: "invalid", status: "failed" } as const;
  const shown = (fault: { workflowId: string; executionId: string } | null) =>
    renderToStaticMarkup(
      <StepProblem
        detail={{ ...failed, fault }}
        editHref="/app/workflows/caller?run=outer"
        isAnswer={false}
      />,
    );
  expect(shown(null)).toContain("/app/workflows/caller?run=outer");
  const called = shown({ workflowId: "called", executionId: "inner" });
  expect(called).toContain("/app/workflows/called?run=inner");
  expect(called).not.toContain("/app/workflows/caller");
});

it("says of an attempt whose process ended that it was broken off", () => {
  const lost = {
    attempt: 1,
    outcome: "lost" as const,
    errorCode: null,
    errorMessage: null,
    waitMs: null,
    startedAt: null,
    endedAt: new Date(0),
  };
  const html = renderToStaticMarkup(
    <AttemptList detail={{ attempts: [lost], attempt: 2, status: "running" }} />,
  );
  expect(html).toContain("Broken off");
});
