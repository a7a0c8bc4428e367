"use client";

import { type FormEvent, useId, useRef, useState } from "react";
import { useAction } from "@/components/shared/action-button";
import { FormError } from "@/components/shared/form-error";
import { FormField } from "@/components/shared/form-field";
import { FormStateContext } from "@/components/shared/form-state";
import { SubmitButton } from "@/components/shared/submit-button";
import { useUnsaved } from "@/components/shared/use-unsaved";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import type { PublicError } from "@/lib/errors";
import type { ServerAction } from "@/lib/result";
import type { WebhookMapping } from "@/lib/triggers/input";
import { type CallParts, mapCall, pathsIn } from "@/lib/triggers/mapping";
import type { InputField } from "@/lib/workflows/kinds/input";

type MappingFormProps = {
  triggerId: string;
  config: WebhookMapping;
  fields: readonly InputField[];
  /** The newest call, to choose from and to try on. */
  sample: CallParts | null;
  canManage: boolean;
  action: ServerAction<{ kept: WebhookMapping }>;
};

/** Says how a call fills the fields of the workflow's input, and shows what the newest call would give. */
export function MappingForm({ triggerId, config, fields, sample, canManage, action }: MappingFormProps) {
  const [mapping, setMapping] = useState<WebhookMapping["mapping"]>(config.mapping);
  const [headers, setHeaders] = useState(config.headers.join(", "));
  const [expressions, setExpressions] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(config.fields.map((field) => [field.key, field.expression])),
  );
  const [error, setError] = useState<PublicError | null>(null);
  const [{ mapping: how, fields: began, headers: kept }, setSeen] = useState(config);
  const formRef = useRef<HTMLFormElement>(null);
  const unsaved = useUnsaved(formRef, canManage);
  const { run, pending } = useAction(action, {
    successMessage: "Saved",
    onSuccess: (saved) => {
      unsaved.noteSaved();
      setSeen(saved.kept);
      setError(null);
    },
    onError: setError,
  });
  const rows = fields.map(({ key }) => ({ key, expression: expressions[key] ?? "" }));

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    unsaved.noteSent(event.currentTarget);
    const allowed = headers
      .toLowerCase()
      .split(/[\s,]+/)
      .filter(Boolean);
    const seen = { mapping: how, fields: began, headers: kept };
    run({ triggerId, mapping, fields: mapping === "expressions" ? rows : [], headers: allowed, seen });
  }

  return (
    <FormStateContext value={{ pending, error, unplaced: [] }}>
      <form ref={formRef} onSubmit={submit} noValidate className="grid gap-5">
        <FormError />
        <FormField name="mapping" label="Fields of the input come" required className="max-w-sm">
          <NativeSelect
            value={mapping}
            disabled={!canManage}
            onChange={(event) =>
              setMapping(event.target.value === "expressions" ? "expressions" : "same_names")
            }
          >
            <option value="same_names">from fields of the same names</option>
            <option value="expressions">from expressions</option>
          </NativeSelect>
        </FormField>
        {mapping === "expressions" ? (
          <ExpressionRows
            fields={fields}
            rows={rows}
            sample={sample}
            disabled={!canManage}
            onChange={(key, text) => setExpressions({ ...expressions, [key]: text })}
          />
        ) : (
          <Preview mapping={{ mapping, fields: [] }} fields={fields} sample={sample} />
        )}
        <FormField
          name="headers"
          label="Headers that are kept"
          hint="Expressions read them as headers[&quot;x-shop&quot;], and the log shows them. Others are dropped."
        >
          <Input
            value={headers}
            disabled={!canManage}
            onChange={(event) => setHeaders(event.target.value)}
            placeholder="x-github-event, x-shop"
            autoComplete="off"
            spellCheck={false}
          />
        </FormField>
        {canManage ? <SubmitButton className="w-fit">Save the fields</SubmitButton> : null}
      </form>
    </FormStateContext>
  );
}

type Row = { key: string; expression: string };

function ExpressionRows({
  fields,
  rows,
  sample,
  disabled,
  onChange,
}: {
  fields: readonly InputField[];
  rows: readonly Row[];
  sample: CallParts | null;
  disabled: boolean;
  onChange: (key: string, text: string) => void;
}) {
  const listId = useId();
  return (
    <div className="grid gap-4">
      <p className="text-muted-foreground text-sm">
        Write where each value is found in the call, such as{" "}
        <code className="font-mono text-xs">body.order.id</code>. A call has{" "}
        <code className="font-mono text-xs">body</code>, <code className="font-mono text-xs">headers</code>{" "}
        and <code className="font-mono text-xs">query</code>. A call without a value for a required field is
        refused; an optional one is left out.
      </p>
      {fields.map((field, index) => {
        const row = rows[index] ?? { key: field.key, expression: "" };
        return (
          <FormField
            key={field.key}
            name={`fields.${index}.expression`}
            label={field.label}
            required={field.required}
            hint={<Given field={field} row={row} sample={sample} />}
          >
            <Input
              list={listId}
              value={row.expression}
              disabled={disabled}
              onChange={(event) => onChange(field.key, event.target.value)}
              autoComplete="off"
              spellCheck={false}
              placeholder={`body.${field.key}`}
              className="font-mono"
            />
          </FormField>
        );
      })}
      <datalist id={listId}>
        {sample ? pathsIn(sample).map((path) => <option key={path} value={path} />) : null}
      </datalist>
    </div>
  );
}

/** What the expression gives for the newest call. */
function Given({ field, row, sample }: { field: InputField; row: Row; sample: CallParts | null }) {
  if (!sample || row.expression.trim() === "") return null;
  const mapped = mapCall({ mapping: "expressions", fields: [row] }, [field], sample);
  if (!mapped.ok) return Object.values(mapped.fields).flat().join(" ");
  return <Value value={mapped.value[field.key]} />;
}

function Preview({
  mapping,
  fields,
  sample,
}: {
  mapping: Parameters<typeof mapCall>[0];
  fields: readonly InputField[];
  sample: CallParts | null;
}) {
  if (!sample) return null;
  const mapped = mapCall(mapping, fields, sample);
  if (!mapped.ok) return null;
  return (
    <dl className="grid gap-2 rounded-lg border bg-muted/50 px-4 py-3 text-sm">
      {fields.map((field) => (
        <div key={field.key} className="grid gap-0.5 sm:grid-cols-[minmax(7rem,1fr)_2fr]">
          <dt className="text-muted-foreground">{field.label}</dt>
          <dd className="min-w-0">
            <Value value={mapped.value[field.key]} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

const MOST_CHARS = 200;

function Value({ value }: { value: unknown }) {
  if (value === undefined) return <span className="text-muted-foreground">nothing in the newest call</span>;
  const text = JSON.stringify(value) ?? "null";
  return (
    <code className="wrap-anywhere font-mono text-xs">
      {text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS)}…` : text}
    </code>
  );
}
