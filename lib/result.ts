import type { PublicError } from "@/lib/errors";

/** What every server action gives back: never an exception, so that a form can show what went wrong. */
export type ActionResult<T> =
  | { readonly ok: true; readonly data: T }
  | { readonly ok: false; readonly error: PublicError };

/**
 * A server action as components call it. `person` is who the page was opened as, by `pagePerson()`; null where that is
 * nobody in particular. What it gets is checked on the server, so the payload is not typed here.
 */
export type ServerAction<T> = (person: string | null, payload: unknown) => Promise<ActionResult<T>>;
