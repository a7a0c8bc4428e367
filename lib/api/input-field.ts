import { z } from "zod";
import { INPUT_FIELD_TYPES, type InputField } from "@/lib/workflows/kinds/input";
import { defaultOf } from "@/lib/workflows/run-input";

/** A field that somebody fills in: to start a run, or to answer what one asks. */
export const inputField = z
  .object({
    key: z.string().meta({ examples: ["question"] }),
    label: z.string().meta({ examples: ["Question"] }),
    type: z.enum(INPUT_FIELD_TYPES).meta({ examples: ["long_text"] }),
    required: z.boolean().meta({ examples: [true] }),
    options: z.array(z.string()).optional().meta({ description: "The choices of a `choice`." }),
    default: z
      .union([z.string(), z.number(), z.boolean()])
      .optional()
      .meta({ description: "What it is filled in with when nothing is said of it." }),
  })
  .meta({ id: "InputField" });

export function inputFieldView(field: InputField): z.input<typeof inputField> {
  const { key, label, type, required, options } = field;
  const written = defaultOf(field);
  return {
    key,
    label,
    type,
    required,
    ...(options ? { options } : {}),
    ...(written === undefined ? {} : { default: written }),
  };
}
