import { expect, it } from "vitest";
import { MOST_QUESTIONS, waitForAnswers } from "./way";

const questions = (mine: number, others: number) =>
  Array.from({ length: mine + others }, (_, index) => ({
    id: `q${index}`,
    title: "Pay?",
    isMine: index < mine,
  }));

const said = (mine: number, others: number) => {
  const { says, label, href } = waitForAnswers(questions(mine, others)) ?? {};
  return [says, label, href];
};

it("says what a run waits for, and beside it where that is answered, without saying it twice", () => {
  expect(waitForAnswers([])).toBeNull();
  expect(said(1, 0)).toEqual(["Waits for an answer: Pay?", "Answer it", "/app/approvals/q0"]);
  expect(said(0, 1)).toEqual(["Waits for an answer: Pay?", "See the question", "/app/approvals/q0"]);
  const three = "Waits for answers to 3 questions";
  expect(said(3, 0)).toEqual([three, "Answer them", "/app/approvals"]);
  expect(said(2, 1)).toEqual([three, "Answer 2 of them", "/app/approvals"]);
  expect(said(1, 2)).toEqual([three, "Answer yours", "/app/approvals/q0"]);
  expect(said(0, 3)).toEqual([three, "See the newest", "/app/approvals/q0"]);
});

it("leaves out the question whose step is shown, and no other", () => {
  const two = questions(2, 0);
  expect(waitForAnswers(two, "q0")).toMatchObject({ label: "Answer it", href: "/app/approvals/q1" });
  expect(waitForAnswers(two, "answered")).toMatchObject({ label: "Answer them" });
  expect(waitForAnswers(questions(1, 0), "q0")).toBeNull();
});

it("does not take as many questions as are counted for all there are", () => {
  expect(said(MOST_QUESTIONS, 0)[0]).toBe("Waits for answers to 100 or more questions");
});
