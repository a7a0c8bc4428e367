import { z } from "zod";
import { defineKind, singlePort } from "../kind";
import { requiredExpression, requiredTemplate, templateText, VALUE_MODES, valueMode } from "./shared";

const loopConfig = z
  .strictObject({
    maxRounds: z
      .int("Set how many rounds it may take.")
      .min(1, "A loop takes at least one round.")
      .max(100, "A loop takes at most 100 rounds."),
    until: requiredExpression,
    initialMode: valueMode,
    initial: templateText,
    mode: valueMode,
    value: requiredTemplate,
  })
  .refine(({ initialMode, initial }) => initialMode === "template" || initial.trim() !== "", {
    path: ["initial"],
    message: "Write an expression.",
  });

/** Runs its body again and again until a condition holds, at most so many rounds. */
export const loopKind = defineKind({
  kind: "loop",
  label: "Loop",
  description: "Run the nodes inside again until a condition holds, a bounded number of times.",
  icon: "repeat",
  group: "logic",
  config: loopConfig,
  defaults: {
    maxRounds: 10,
    until: "",
    initialMode: "template",
    initial: "",
    mode: "template",
    value: "",
  },
  form: [
    {
      name: "until",
      label: "Until",
      type: "expression",
      result: "boolean",
      sees: "body_names",
      placeholder: "last.score >= 8",
      help: "Asked after each round. last is the result of the round that has just ended, round its number from 0.",
    },
    {
      name: "maxRounds",
      label: "Most rounds",
      type: "number",
      min: 1,
      max: 100,
      step: 1,
      help: "It stops here, and says so in reached, when the condition has not held before.",
    },
    { name: "initialMode", label: "Start written as", type: "choice", options: VALUE_MODES },
    {
      name: "initial",
      label: "Start",
      type: "value",
      modeField: "initialMode",
      optional: true,
      help: "What last is in the first round.",
    },
    { name: "mode", label: "Result written as", type: "choice", options: VALUE_MODES },
    {
      name: "value",
      label: "Result of a round",
      type: "value",
      sees: "body",
      help: "What last is in the next round. May use last, round and the nodes inside.",
    },
  ],
  ports: singlePort,
  acceptsEdges: true,
  isContainer: true,
  bodyNames: [
    { key: "round", label: "The round, from 0", type: "number" },
    { key: "last", label: "Result of the round before", type: "any" },
  ],
  hasPolicy: true,
  outputs: () => [
    { key: "last", label: "Result of the last round", type: "any" },
    { key: "rounds", label: "How many rounds it took", type: "number" },
    { key: "reached", label: "Whether the condition held", type: "boolean" },
  ],
});
