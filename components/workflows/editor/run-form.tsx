"use client";

import { Play } from "lucide-react";
import { type FormEvent, type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { FormError } from "@/components/shared/form-error";
import { FormField } from "@/components/shared/form-field";
import { sayRefusal } from "@/components/shared/say-refusal";
import { isSeen } from "@/components/shared/seen";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { DialogFooter } from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { Textarea } from "@/components/ui/textarea";
import { stayOnceSaved, watchForm } from "@/components/ui/unsaved-store";
import type { PublicError } from "@/lib/errors";
import type { InputField } from "@/lib/workflows/kinds/input";
import { type RunValues, startValues } from "./run-values";

/** The run form made from the input node's fields. Closing its dialog asks when it holds other than it began with. */
export function RunForm({
  fields,
  last,
  typed = {},
  submitLabel = "Run",
  onChange,
  onRun,
}: {
  fields: readonly InputField[];
  /** What was given for the run before. */
  last: RunValues;
  /** What was typed already, where the form takes the place of another. */
  typed?: RunValues;
  submitLabel?: string;
  /** Told of what is typed, as it is typed. */
  onChange?: (values: RunValues) => void;
  onRun: (values: RunValues) => Promise<PublicError | null>;
}) {
  const [values, setValues] = useState(() => startValues(fields, { ...last, ...typed }));
  const [error, setError] = useState<PublicError | null>(null);
  const [pending, setPending] = useState(false);
  // A second click comes before the button is shown as busy.
  const isSending = useRef(false);
  const formRef = useRef<HTMLFormElement>(null);
  const giveUp = useUnsavedValues(formRef, values, startValues(fields, last));

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
    const problem = await onRun(values);
    if (!problem) {
      giveUp();
      stayOnceSaved();
    }
    // Its dialog was closed meanwhile.
    if (problem && !isSeen(formRef.current)) sayRefusal(problem);
    setError(problem);
    setPending(false);
    isSending.current = false;
  }

  const shown = new Set(fields.map((field) => `input.${field.key}`));
  const given = Object.entries(error?.fields ?? {});
  const rest = given.filter(([name]) => !shown.has(name));
  const isSaidBelow = given.length > 0 && rest.length === 0;
  return (
    <form ref={formRef} onSubmit={submit} noValidate className="grid gap-4">
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

/** The same for a number and for its digits, which is what a field makes of it. */
function textOf(values: RunValues): string {
  return JSON.stringify(Object.values(values).map(String));
}

/** Has leaving asked about while a form holds other values than those it began with. @returns the end of that */
function useUnsavedValues(
  formRef: RefObject<HTMLFormElement | null>,
  values: RunValues,
  first: RunValues,
): () => void {
  const entered = textOf(values);
  const isOther = entered !== textOf(first);
  const latest = useRef({ entered, isOther });
  latest.current = { entered, isOther };
  const givenUp = useRef<string | null>(null);
  const giveUp = useCallback(() => {
    givenUp.current = latest.current.entered;
  }, []);
  useEffect(() => {
    const hasChanged = () => latest.current.isOther && latest.current.entered !== givenUp.current;
    return formRef.current ? watchForm(formRef.current, { hasChanged, giveUp }) : undefined;
  }, [formRef, giveUp]);
  return giveUp;
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
