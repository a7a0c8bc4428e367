import { z } from "zod";
import { defineKind, rowsOf, singlePort, textOf } from "../kind";
import { VALUE_MODES, valueFields } from "./shared";

const transformConfig = z.strictObject({ fields: valueFields });

/** Builds new values from what came before, without code. */
export const transformKind = defineKind({
  kind: "transform",
  label: "Transform",
  description: "Build new values from earlier ones, as text or by an expression.",
  icon: "wand-sparkles",
  group: "data",
  config: transformConfig,
  defaults: { fields: [{ key: "text", mode: "template", value: "" }] },
  form: [
    {
      name: "fields",
      label: "Fields",
      type: "rows",
      addLabel: "Add field",
      item: { key: "", mode: "template", value: "" },
      row: [
        { name: "key", label: "Key", type: "text" },
        { name: "mode", label: "Written as", type: "choice", options: VALUE_MODES },
        { name: "value", label: "Value", type: "value" },
      ],
    },
  ],
  ports: singlePort,
  acceptsEdges: true,
  outputs: (config) =>
    rowsOf(config, "fields").map((row) => ({
      key: textOf(row, "key"),
      label: textOf(row, "key"),
      type: row.mode === "template" ? "text" : "any",
    })),
});
