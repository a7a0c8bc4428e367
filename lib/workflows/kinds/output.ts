import { z } from "zod";
import { defineKind, noPorts, rowsOf, textOf } from "../kind";
import { VALUE_MODES, valueFields } from "./shared";

const outputConfig = z.strictObject({ fields: valueFields });

/** Where a run ends: its fields are the run's result. */
export const outputKind = defineKind({
  kind: "output",
  label: "Output",
  description: "What a run gives back. Several outputs are joined into one result.",
  icon: "log-out",
  group: "flow",
  config: outputConfig,
  defaults: { fields: [{ key: "result", mode: "template", value: "" }] },
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
  ports: noPorts,
  acceptsEdges: true,
  outputs: (config) =>
    rowsOf(config, "fields").map((row) => ({
      key: textOf(row, "key"),
      label: textOf(row, "key"),
      type: "any",
    })),
});
