"use client";

import { useEffect, useState } from "react";
import { pagePerson } from "@/components/shared/page-person";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import type { RunQuestion as Question } from "@/lib/approvals/run-questions";
import { wayToAnswer } from "@/lib/approvals/way";
import { useEditor } from "./context";
import { type LiveRun, whatWaits } from "./live-run";

/** The way to what a run asks people, while it waits for them. */
export function RunQuestion({ run }: { run: LiveRun }) {
  const { actions } = useEditor();
  const { executionId } = run;
  const waits = whatWaits(run);
  const [questions, setQuestions] = useState<readonly Question[]>([]);

  useEffect(() => {
    if (waits === "") {
      setQuestions([]);
      return;
    }
    let isCurrent = true;
    // Without an answer there is no short way, and the one over the trace is left.
    actions.questions(pagePerson(), { executionId }).then(
      (result) => {
        if (isCurrent && result.ok) setQuestions(result.data ?? []);
      },
      () => {},
    );
    return () => {
      isCurrent = false;
    };
  }, [actions, executionId, waits]);

  const way = wayToAnswer(questions);
  if (!way) return null;
  return (
    <Button asChild variant={way.isMine ? "brand" : "outline"} size="sm" className="rounded-full">
      <Link href={way.href} title={way.title}>
        {way.label}
      </Link>
    </Button>
  );
}
