import { z } from "zod";
import { AppError } from "@/lib/errors";

/**
 * When something was last changed as its page showed it, sent along by its form; empty, and then null, when there was
 * nothing yet. Left out, nothing is compared.
 */
export const seenInput = z
  .union([z.literal("").transform(() => null), z.iso.datetime().transform((text) => new Date(text))])
  .optional();

export type Seen = z.output<typeof seenInput>;

const SUBJECTS = {
  branding: "This branding was",
  details: "These details were",
  draft: "This draft was",
  plan: "This plan was",
  trigger: "This trigger was",
} as const;

/**
 * A form saves all that it shows: what somebody else saved since is not to be lost by it.
 * @param current when it was last changed; null when there is nothing yet
 * @throws AppError `conflict`, reason `stale_<what>`, when that is not what was seen
 */
export function assertUnchanged(what: keyof typeof SUBJECTS, current: Date | null, seen: Seen): void {
  if (seen !== undefined && current?.getTime() !== seen?.getTime()) throw stale(what);
}

/**
 * The same where a form shows a part of something of which other parts are changed by themselves: compared is that part,
 * of both as one schema gives it.
 * @throws AppError `conflict`, reason `stale_<what>`, when that is not what was seen
 */
export function assertSame(what: keyof typeof SUBJECTS, current: unknown, seen: unknown): void {
  if (seen !== undefined && JSON.stringify(current) !== JSON.stringify(seen)) throw stale(what);
}

function stale(what: keyof typeof SUBJECTS): AppError {
  return new AppError(
    "conflict",
    `${SUBJECTS[what]} changed after you opened this page. Nothing was done: copy what you typed, then reload the page.`,
    { reason: `stale_${what}` },
  );
}
