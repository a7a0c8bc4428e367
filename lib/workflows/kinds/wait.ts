import { z } from "zod";
import { defineKind, singlePort } from "../kind";
import { templateText } from "./shared";

/** Seconds in each unit a wait may be given in. */
export const WAIT_UNITS = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 } as const;
export const MAX_WAIT_DAYS = 366;

/** A date and time as ISO 8601 writes it; without an offset it is meant in UTC. */
const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?$/;

/** The date and time that a text says; null when it is none. */
export function readTime(given: string): Date | null {
  const text = given.trim();
  const [isTime, offset] = ISO.exec(text) ?? [];
  const at = new Date(offset || !text.includes(":") ? text : `${text.replace(" ", "T")}Z`);
  if (!isTime || Number.isNaN(at.getTime())) return null;
  // The 30th of February would be taken for the 2nd of March.
  const day = text.slice(0, 10);
  return new Date(day).toISOString().startsWith(day) ? at : null;
}

const NO_TIME = "This is no date and time like 2030-01-31T09:00:00Z.";

/** A text that is put together in the run is read there. */
const isPutTogether = (text: string) => /\{[{%]/.test(text);

const waitFor = z
  .strictObject({
    mode: z.literal("for"),
    amount: z.int().min(1, "At least 1."),
    unit: z.enum(["seconds", "minutes", "hours", "days"]),
    until: templateText,
  })
  .refine(({ amount, unit }) => amount * WAIT_UNITS[unit] <= MAX_WAIT_DAYS * WAIT_UNITS.days, {
    path: ["amount"],
    message: "A run waits at most 366 days.",
  });

/** The form does not show the amount and its unit then, so whatever was left in them does not matter. */
const waitUntil = z.strictObject({
  mode: z.literal("until"),
  amount: z.unknown().optional(),
  unit: z.unknown().optional(),
  /** Gives an ISO date and time; without an offset it is UTC. */
  until: templateText
    .refine((text) => text.trim() !== "", { message: "Write a date and time.", abort: true })
    .refine((text) => isPutTogether(text) || readTime(text) !== null, NO_TIME),
});

const waitConfig = z.discriminatedUnion("mode", [waitFor, waitUntil], "Choose one of: for, until.");

/** Lets time pass. Nothing of the run is kept in memory meanwhile. */
export const waitKind = defineKind({
  kind: "wait",
  label: "Wait",
  description: "Go on after a while, or at a date and time.",
  icon: "hourglass",
  group: "logic",
  config: waitConfig,
  defaults: { mode: "for", amount: 1, unit: "hours", until: "" },
  form: [
    {
      name: "mode",
      label: "Wait",
      type: "choice",
      options: [
        { value: "for", label: "for a while" },
        { value: "until", label: "until a date and time" },
      ],
    },
    {
      name: "amount",
      label: "How long",
      type: "number",
      min: 1,
      step: 1,
      when: { field: "mode", is: ["for"] },
    },
    {
      name: "unit",
      label: "Unit",
      type: "choice",
      options: [
        { value: "seconds", label: "Seconds" },
        { value: "minutes", label: "Minutes" },
        { value: "hours", label: "Hours" },
        { value: "days", label: "Days" },
      ],
      when: { field: "mode", is: ["for"] },
    },
    {
      name: "until",
      label: "Date and time",
      type: "template",
      rows: 1,
      placeholder: "2030-01-31T09:00:00Z",
      help: 'At most 366 days ahead. UTC unless it names another offset. Today at seven is {{ "now" | date: "%Y-%m-%d" }}T07:00:00Z.',
      when: { field: "mode", is: ["until"] },
    },
  ],
  ports: singlePort,
  acceptsEdges: true,
  outputs: () => [{ key: "wokeAt", label: "When the run went on", type: "text" }],
});
