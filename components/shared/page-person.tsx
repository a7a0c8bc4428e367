"use client";

import { useLayoutEffect } from "react";

let person: string | null = null;

/** Who the page was opened as: the server does nothing of it for somebody else. Null where that is nobody in particular. */
export function pagePerson(): string | null {
  return person;
}

/** The same, for what is sent without an action. */
export function personHeader(): Record<string, string> {
  return person ? { "x-page-person": person } : {};
}

/** Stands in what surrounds the pages of a signed-in person. */
export function PagePerson({ userId }: { userId: string }) {
  useLayoutEffect(() => {
    person = userId;
    return () => {
      person = null;
    };
  }, [userId]);
  return null;
}
