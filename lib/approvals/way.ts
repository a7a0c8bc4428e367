import type { RunQuestion } from "./run-questions";

type Way = { href: string; label: string; title?: string; isMine: boolean };

/** Where a run's open questions are answered, by whoever may; null where none is open. */
export function wayToAnswer(questions: readonly RunQuestion[]): Way | null {
  const mine = questions.filter(({ isMine }) => isMine);
  if (mine.length > 1)
    return { href: "/app/approvals", label: `Answer ${mine.length} questions`, isMine: true };
  const [first] = mine.length > 0 ? mine : questions;
  if (!first) return null;
  const { id, title, isMine } = first;
  return { href: `/app/approvals/${id}`, label: isMine ? "Answer it" : "See the question", title, isMine };
}
