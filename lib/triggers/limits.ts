import type { Limit } from "@/lib/rate-limit/limits";

const MINUTE_MS = 60_000;

/** How often what anybody can reach may be called. */
export const TRIGGER_LIMITS = {
  hook: { name: "hook.calls", max: 600, windowMs: MINUTE_MS },
  /** Refused calls that the log keeps: junk must not fill it. */
  refusals: { name: "hook.refusals", max: 20, windowMs: 10 * MINUTE_MS },
  /** By one member, or of a form for everybody from one address. */
  formSender: { name: "form.sender", max: 20, windowMs: 10 * MINUTE_MS },
  form: { name: "form.sent", max: 300, windowMs: 10 * MINUTE_MS },
} as const satisfies Record<string, Limit>;
