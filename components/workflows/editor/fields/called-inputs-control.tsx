"use client";

import { X } from "lucide-react";
import { FormField } from "@/components/shared/form-field";
import { useKeptFocus } from "@/components/shared/keep-focus";
import { Button } from "@/components/ui/button";
import { NativeSelect } from "@/components/ui/native-select";
import { isRecord, type RawConfig, textOf } from "@/lib/workflows/kind";
import { missingInputs, NOT_CALLABLE } from "@/lib/workflows/references";
import { useEditor } from "../context";
import { asText, type FieldProps, withoutPlace } from "./field-props";
import { TextControl } from "./text-control";

/**
 * What the chosen version of a workflow asks for, a row a field; what it does not ask for any more can be taken away.
 * Until that is known there is what was given.
 */
export function CalledInputsControl({ field, nodeId, path, value, onChange, disabled }: FieldProps<"rows">) {
  const { state, called: calledBy } = useEditor();
  const config = state.graph.nodes.find((node) => node.id === nodeId)?.config ?? {};
  const rows: readonly RawConfig[] = Array.isArray(value) ? value.filter(isRecord) : [];
  const found = textOf(config, "workflowId") === "" ? NOT_CALLABLE : calledBy(config);
  const called = found && "inputs" in found ? found : null;
  const given = rows.map((row) => ({ key: textOf(row, "key"), label: textOf(row, "key"), required: false }));
  const asked = found === null ? given : (called?.inputs ?? []);
  const missing = called && state.fresh !== nodeId ? missingInputs(called, rows).map(({ key }) => key) : [];
  const unasked = rows.filter((row) => !asked.some(({ key }) => key === textOf(row, "key")));

  function set(key: string, change: RawConfig) {
    const known = rows.find((row) => textOf(row, "key") === key);
    const row = { mode: "template", value: "", ...known, ...change, key };
    const others = rows.filter((other) => textOf(other, "key") !== key);
    onChange(textOf(row, "value") === "" && row.mode === "template" ? others : [...others, row]);
  }

  if (found && !called && rows.length === 0) return null;
  return (
    <fieldset className="grid min-w-0 gap-3">
      <legend className="mb-2 font-medium text-sm">{field.label}</legend>
      {asked.length === 0 && (called || !found) ? (
        <p className="text-muted-foreground text-sm">
          {called ? `“${called.name}” asks for nothing.` : "What it asks for is not known here."}
        </p>
      ) : null}
      {asked.map(({ key, label, required }) => {
        const index = rows.findIndex((row) => textOf(row, "key") === key);
        const row = rows[index];
        return (
          <InputRow
            key={key}
            label={label}
            required={required}
            missing={missing.includes(key) ? `“${called?.name}” needs this.` : null}
            mode={textOf(row ?? {}, "mode") === "expression" ? "expression" : "template"}
            nodeId={nodeId}
            path={`${path}.${index}.value`}
            value={row?.value}
            disabled={disabled}
            onMode={(mode) => set(key, { mode })}
            onChange={(text) => set(key, { value: text })}
          />
        );
      })}
      {unasked.map((row) => (
        <Unasked
          key={textOf(row, "key")}
          name={textOf(row, "key")}
          disabled={disabled}
          onRemove={() => onChange(rows.filter((other) => other !== row))}
        />
      ))}
    </fieldset>
  );
}

function Unasked({ name, disabled, onRemove }: { name: string; disabled: boolean; onRemove: () => void }) {
  const keepFocus = useKeptFocus();
  return (
    <p className="flex items-center justify-between gap-2 rounded-md bg-warning-soft py-1 pr-1 pl-3 text-sm text-warning">
      <span className="min-w-0 truncate">
        <code className="font-mono">{name}</code> is not asked for
      </span>
      <Button
        variant="ghost"
        size="icon-sm"
        className="size-7"
        disabled={disabled}
        aria-label={`Take ${name} away`}
        onClick={(event) => {
          keepFocus(event.currentTarget);
          onRemove();
        }}
      >
        <X aria-hidden="true" />
      </Button>
    </p>
  );
}

function InputRow({
  label,
  required,
  missing,
  mode,
  onMode,
  ...props
}: Omit<FieldProps, "field"> & {
  label: string;
  required: boolean;
  missing: string | null;
  mode: "template" | "expression";
  onMode: (mode: "template" | "expression") => void;
}) {
  const { issues } = useEditor();
  const own = issues.find((issue) => issue.nodeId === props.nodeId && issue.field === props.path);
  const error = missing ?? (own ? withoutPlace(own.message, "Value") : null);
  return (
    <div className="relative">
      <FormField name={props.path} label={label} required={required} {...(error ? { error } : {})}>
        <TextControl language={mode} rows={2} {...props} value={asText(props.value)} />
      </FormField>
      <span className="absolute -top-1.5 right-0 w-32">
        <NativeSelect
          aria-label={`${label}, written as`}
          value={mode}
          disabled={props.disabled}
          className="h-7 border-transparent py-0 text-xs shadow-none"
          onChange={(event) => onMode(event.target.value === "expression" ? "expression" : "template")}
        >
          <option value="template">Text</option>
          <option value="expression">Expression</option>
        </NativeSelect>
      </span>
    </div>
  );
}
