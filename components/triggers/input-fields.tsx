"use client";

import { useState } from "react";
import { FormField } from "@/components/shared/form-field";
import { Checkbox } from "@/components/ui/checkbox";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { Textarea } from "@/components/ui/textarea";
import type { InputField } from "@/lib/workflows/kinds/input";

type Values = Readonly<Record<string, unknown>>;

/** The fields of a workflow's input, inside an `ActionForm`. Their names begin with `prefix`. */
export function InputFields({
  fields,
  prefix,
  values = {},
}: {
  fields: readonly InputField[];
  prefix: string;
  values?: Values;
}) {
  return fields.map((field) => (
    <FormField
      key={field.key}
      name={`${prefix}.${field.key}`}
      label={field.label}
      required={field.required}
      inline={field.type === "boolean"}
    >
      <Control
        field={field}
        name={`${prefix}.${field.key}`}
        value={Object.hasOwn(values, field.key) ? values[field.key] : field.default}
      />
    </FormField>
  ));
}

function Control({ field, name, value }: { field: InputField; name: string; value: unknown }) {
  const text = value === undefined || value === null ? "" : String(value);
  switch (field.type) {
    case "boolean":
      return <YesNo name={name} isYes={text === "true"} />;
    case "choice":
      return (
        <NativeSelect defaultValue={text}>
          <option value="">Choose</option>
          {field.options?.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </NativeSelect>
      );
    case "long_text":
      return <Textarea rows={5} dir="auto" defaultValue={text} />;
    case "number":
      return <Input type="number" step="any" inputMode="decimal" defaultValue={text} />;
    case "text":
      return <Input dir="auto" defaultValue={text} />;
  }
}

/** A box that says "no" too: what is not ticked is otherwise left out of a form and takes the field's default. */
function YesNo({ name, isYes }: { name: string; isYes: boolean }) {
  const [checked, setChecked] = useState(isYes);
  return (
    <>
      <Checkbox name={undefined} checked={checked} onCheckedChange={(next) => setChecked(next === true)} />
      <input type="hidden" name={name} value={String(checked)} />
    </>
  );
}
