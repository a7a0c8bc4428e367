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

/** More open questions of one run are counted no further. */
export const MOST_QUESTIONS = 100;

/**
 * What a run waits for, as a sentence, and the way there beside it, which does not say the same once more.
 * @param shownId the question that is shown with its step anyway
 */
export function waitForAnswers(
  open: readonly RunQuestion[],
  shownId: string | null = null,
): { says: string; href: string; label: string } | null {
  const questions = open.filter(({ id }) => id !== shownId);
  const way = wayToAnswer(questions);
  if (!way) return null;
  const count = questions.length;
  if (count === 1) return { ...way, says: `Waits for an answer: ${questions[0]?.title}` };
  const counted = open.length < MOST_QUESTIONS ? `${count}` : `${count} or more`;
  return { ...way, says: `Waits for answers to ${counted} questions`, label: wayOfSeveral(questions) };
}

function wayOfSeveral(questions: readonly RunQuestion[]): string {
  const mine = questions.filter(({ isMine }) => isMine).length;
  if (mine === 0) return "See the newest";
  if (mine === 1) return "Answer yours";
  return mine < questions.length ? `Answer ${mine} of them` : "Answer them";
}
