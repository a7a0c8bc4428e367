"use client";

import { createContext, useContext } from "react";
import type { FieldErrors, PublicError } from "@/lib/errors";

/** What the form around a field knows after its last attempt. */
export type FormState = {
  pending: boolean;
  error: PublicError | null;
  /** Sentences about fields that this form does not show, to be said at the top instead. */
  unplaced: readonly string[];
};

export const FormStateContext = createContext<FormState>({ pending: false, error: null, unplaced: [] });

export function useFormState(): FormState {
  return useContext(FormStateContext);
}

const NO_ERRORS: readonly string[] = [];

/** The sentences about one field, by its name. */
export function errorsOf(fields: FieldErrors | undefined, name: string): readonly string[] {
  return fields?.[name] ?? NO_ERRORS;
}

/** Sentences about fields whose name no control of the form carries. */
export function unplacedErrors(
  fields: FieldErrors | undefined,
  isShown: (name: string) => boolean,
): string[] {
  return Object.entries(fields ?? {}).flatMap(([name, sentences]) => (isShown(name) ? [] : sentences));
}
