"use client";

import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import type { RunQuestion as Question } from "@/lib/approvals/run-questions";
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
    actions.questions(null, { executionId }).then(
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

type Way = { href: string; label: string; title?: string; isMine: boolean };

/** Where a run's open questions are answered, by whoever may; null where none is open. */
export function wayToAnswer(questions: readonly Question[]): Way | null {
  const mine = questions.filter(({ isMine }) => isMine);
  if (mine.length > 1)
    return { href: "/app/approvals", label: `Answer ${mine.length} questions`, isMine: true };
  const [first] = mine.length > 0 ? mine : questions;
  if (!first) return null;
  const { id, title, isMine } = first;
  return { href: `/app/approvals/${id}`, label: isMine ? "Answer it" : "See the question", title, isMine };
}
