import { z } from "zod";
import { defineKind, noPorts } from "../kind";
import { MAX_TEXT } from "./shared";

const NOTE_COLORS = ["yellow", "blue", "green", "pink", "gray"] as const;

const noteConfig = z.strictObject({
  text: z.string().max(MAX_TEXT),
  color: z.enum(NOTE_COLORS),
});

/** Something to read on the canvas. */
export const noteKind = defineKind({
  kind: "note",
  label: "Note",
  description: "Something to read on the canvas. It never runs.",
  icon: "sticky-note",
  group: "people",
  config: noteConfig,
  defaults: { text: "", color: "yellow" },
  form: [
    { name: "text", label: "Text", type: "long_text", optional: true },
    {
      name: "color",
      label: "Colour",
      type: "choice",
      options: [
        { value: "yellow", label: "Yellow" },
        { value: "blue", label: "Blue" },
        { value: "green", label: "Green" },
        { value: "pink", label: "Pink" },
        { value: "gray", label: "Gray" },
      ],
    },
  ],
  ports: noPorts,
  acceptsEdges: false,
  isAnnotation: true,
  outputs: () => [],
});
