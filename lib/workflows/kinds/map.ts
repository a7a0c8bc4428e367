import { z } from "zod";
import { defineKind, singlePort } from "../kind";
import { requiredExpression, requiredTemplate, VALUE_MODES, valueMode } from "./shared";

const mapConfig = z.strictObject({
  items: requiredExpression,
  /** Items worked on at once. */
  maxParallel: z.int().min(1).max(20, "At most 20 at once."),
  maxItems: z.int().min(1).max(1_000, "At most 1,000 items."),
  /** How many there are most of the time: what a run will cost is estimated by it. */
  usualItems: z.int().min(1, "At least 1.").max(1_000, "At most 1,000 items.").optional(),
  /** What a failed item means: the node fails, the item is left out, or null stands in its place. */
  onItemError: z.enum(["fail", "skip", "collect"]),
  mode: valueMode,
  value: requiredTemplate,
});

/** Runs its body once for each item of a list, several at once, and gives the results in the order of the list. */
export const mapKind = defineKind({
  kind: "map",
  label: "For each",
  description: "Run the nodes inside once for each item of a list, several at once.",
  icon: "copy-plus",
  group: "logic",
  config: mapConfig,
  defaults: {
    items: "",
    maxParallel: 5,
    maxItems: 100,
    onItemError: "fail",
    mode: "template",
    value: "{{ item }}",
  },
  form: [
    {
      name: "items",
      label: "List",
      type: "expression",
      placeholder: "find.passages",
      help: "An expression that gives a list. Inside, each one is item, and its place, from 0, is index.",
    },
    { name: "mode", label: "Result written as", type: "choice", options: VALUE_MODES },
    {
      name: "value",
      label: "Result of an item",
      type: "value",
      sees: "body",
      help: "May use item, index and the nodes inside.",
    },
    {
      name: "maxParallel",
      label: "At once",
      type: "number",
      min: 1,
      max: 20,
      step: 1,
      help: "How many items are worked on at the same time.",
    },
    {
      name: "maxItems",
      label: "Most items",
      type: "number",
      min: 1,
      max: 1_000,
      step: 1,
      help: "A longer list fails the node.",
    },
    {
      name: "usualItems",
      label: "Usual items",
      type: "number",
      optional: true,
      min: 1,
      max: 1_000,
      step: 1,
      help: "How many a list has most of the time. What a run will cost is estimated by it; nothing else is.",
    },
    {
      name: "onItemError",
      label: "When an item fails",
      type: "choice",
      options: [
        { value: "fail", label: "Fail the node" },
        { value: "skip", label: "Leave the item out" },
        { value: "collect", label: "Put null in its place" },
      ],
    },
  ],
  ports: singlePort,
  acceptsEdges: true,
  isContainer: true,
  bodyNames: [
    { key: "item", label: "The item", type: "any" },
    { key: "index", label: "Its place in the list, from 0", type: "number" },
  ],
  hasPolicy: true,
  outputs: () => [
    { key: "items", label: "Results, in the order of the list", type: "list" },
    { key: "errors", label: "What failed: index and message", type: "list" },
    { key: "count", label: "How many results there are", type: "number" },
  ],
});
