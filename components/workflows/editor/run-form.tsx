"use client";

import { Play } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { FormError } from "@/components/shared/form-error";
import { FormField } from "@/components/shared/form-field";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { DialogFooter } from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { Textarea } from "@/components/ui/textarea";
import type { PublicError } from "@/lib/errors";
import type { InputField } from "@/lib/workflows/kinds/input";
import { type RunValues, startValues } from "./run-values";

/** The run form made from the input node's fields. `last` is what was typed for the run before. */
export function RunForm({
  fields,
  last,
  submitLabel = "Run",
  onChange,
  onRun,
}: {
  fields: readonly InputField[];
  last: RunValues;
  submitLabel?: string;
  /** Told of what is typed, as it is typed. */
  onChange?: (values: RunValues) => void;
  onRun: (values: RunValues) => Promise<PublicError | null>;
}) {
  const [values, setValues] = useState(() => startValues(fields, last));
  const [error, setError] = useState<PublicError | null>(null);
  const [pending, setPending] = useState(false);
  // A second click comes before the button is shown as busy.
  const isSending = useRef(false);

  function change(next: RunValues) {
    setValues(next);
    onChange?.(next);
  }

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (isSending.current) return;
    isSending.current = true;
    setPending(true);
    // Also what is empty: a field that is left out takes its default.
    setError(await onRun(values));
    setPending(false);
    isSending.current = false;
  }

  const shown = new Set(fields.map((field) => `input.${field.key}`));
  const given = Object.entries(error?.fields ?? {});
  const rest = given.filter(([name]) => !shown.has(name));
  const isSaidBelow = given.length > 0 && rest.length === 0;
  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      <FormError error={error && !isSaidBelow ? { ...error, fields: Object.fromEntries(rest) } : null} />
      {fields.length === 0 ? (
        <p className="text-muted-foreground text-sm">This workflow asks for nothing.</p>
      ) : null}
      {fields.map((field) => (
        <InputRow
          key={field.key}
          field={field}
          value={values[field.key] ?? ""}
          error={error?.fields?.[`input.${field.key}`]?.[0]}
          onChange={(value) => change({ ...values, [field.key]: value })}
        />
      ))}
      <DialogFooter>
        <Button type="submit" variant="brand" loading={pending}>
          {pending ? null : <Play aria-hidden="true" />}
          {submitLabel}
        </Button>
      </DialogFooter>
    </form>
  );
}

function InputRow({
  field,
  value,
  error,
  onChange,
}: {
  field: InputField;
  value: string | number | boolean;
  error: string | undefined;
  onChange: (value: string | number | boolean) => void;
}) {
  return (
    <FormField
      name={`input.${field.key}`}
      label={field.label}
      required={field.required}
      inline={field.type === "boolean"}
      {...(error ? { error } : {})}
    >
      <InputControl field={field} value={value} onChange={onChange} />
    </FormField>
  );
}

function InputControl({
  field,
  value,
  onChange,
}: {
  field: InputField;
  value: string | number | boolean;
  onChange: (value: string | number | boolean) => void;
}) {
  switch (field.type) {
    case "boolean":
      return <Checkbox checked={value === true} onCheckedChange={(checked) => onChange(checked === true)} />;
    case "choice":
      return (
        <NativeSelect value={String(value)} onChange={(event) => onChange(event.target.value)}>
          <option value="">Choose</option>
          {field.options?.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </NativeSelect>
      );
    case "long_text":
      return <Textarea rows={6} value={String(value)} onChange={(event) => onChange(event.target.value)} />;
    default:
      return (
        <Input
          type={field.type === "number" ? "number" : "text"}
          step="any"
          value={String(value)}
          onChange={(event) => onChange(event.target.value)}
        />
      );
  }
}
