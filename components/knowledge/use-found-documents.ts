"use client";

import { useEffect, useEffectEvent, useState } from "react";
import { pagePerson } from "@/components/shared/page-person";
import { type DocumentChoice, type FindDocuments, MOST_ASKED } from "@/lib/knowledge/choices";

/** How long somebody has to stop typing before it is looked for. */
const PAUSE_MS = 250;
const MOST_CHARS = 200;

export type FoundDocuments = {
  /** All that was found so far: what was chosen of it stays there. */
  readonly found: readonly DocumentChoice[];
  readonly state: "idle" | "looking" | "failed";
};

/** Looks for documents by name once a text is not typed on; the newest text counts. @param find null where all are listed */
export function useFoundDocuments(
  find: FindDocuments | null,
  text: string,
  forAgent?: string | null,
): FoundDocuments {
  const [found, setFound] = useState<readonly DocumentChoice[]>([]);
  const [state, setState] = useState<FoundDocuments["state"]>("idle");
  const wanted = text.trim().slice(0, MOST_CHARS);
  useEffect(() => {
    if (!find || wanted === "") {
      setState("idle");
      return;
    }
    setState("looking");
    let isOver = false;
    const look = async () => {
      const asked = { text: wanted, ...(forAgent === undefined ? {} : { forAgent }) };
      const answer = await find(pagePerson(), asked).catch(() => null);
      if (isOver) return;
      setState(answer?.ok ? "idle" : "failed");
      if (answer?.ok) setFound((before) => withNew(before, answer.data));
    };
    const timer = setTimeout(look, PAUSE_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [find, wanted, forAgent]);
  return { found, state };
}

/**
 * Which of the documents that were chosen are gone, asked once saving them was refused.
 * @param chosen the ids that are ticked at that moment
 */
export function useGoneDocuments(
  find: FindDocuments,
  refusal: unknown,
  chosen: () => readonly string[],
): ReadonlySet<string> {
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  const readChosen = useEffectEvent(chosen);
  useEffect(() => {
    if (!refusal) return;
    let isOver = false;
    const ask = async () => {
      const ids = readChosen().slice(0, MOST_ASKED);
      if (ids.length === 0) return;
      const answer = await find(pagePerson(), { ids }).catch(() => null);
      if (isOver || !answer?.ok) return;
      const there = new Set(answer.data.map(({ id }) => id));
      setGone((before) => new Set([...before, ...ids.filter((id) => !there.has(id))]));
    };
    void ask();
    return () => {
      isOver = true;
    };
  }, [find, refusal]);
  return gone;
}

/** Both, each once. */
export function withNew<T extends { readonly id: string }>(
  known: readonly T[],
  more: readonly T[],
): readonly T[] {
  const ids = new Set(known.map(({ id }) => id));
  return [...known, ...more.filter(({ id }) => !ids.has(id))];
}

/** What is said below a list that is searched; null when there is nothing to say. */
export function searchNote(
  state: FoundDocuments["state"],
  { isAsked, shown }: { readonly isAsked: boolean; readonly shown: number },
): string | null {
  if (!isAsked) return null;
  if (state === "failed") return "The search failed. Type on, or try again in a moment.";
  if (state === "looking") return "Looking…";
  return shown === 0 ? "No document has this in its name." : null;
}
