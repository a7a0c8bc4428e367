"use client";

import { useField } from "@/components/ui/field-context";
import type { TextProblem } from "@/lib/workflows/template";

/** Where a text is wrong, to jump to, and what is wrong there unless the field around it says so. */
export function ProblemLine({
  text,
  problem,
  onJump,
}: {
  text: string;
  problem: TextProblem;
  onJump: () => void;
}) {
  const isSaid = useField()?.invalid ?? false;
  const before = text.slice(0, problem.start).split("\n");
  const excerpt = text.slice(problem.start, Math.min(problem.end, problem.start + 40)) || "the end";
  return (
    <button
      type="button"
      onClick={onJump}
      className="wrap-anywhere mt-1 w-full rounded-sm text-left text-danger text-xs leading-5 hover:underline"
    >
      Line {before.length}, column {(before.at(-1)?.length ?? 0) + 1}:{" "}
      {isSaid ? <code className="font-mono">{excerpt}</code> : problem.message}
    </button>
  );
}
