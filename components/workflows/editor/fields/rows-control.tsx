"use client";

import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import { FieldErrorList } from "@/components/shared/form-field";
import { useKeptFocus } from "@/components/shared/keep-focus";
import { Button } from "@/components/ui/button";
import { isRecord, type RawConfig, rowName, textOf } from "@/lib/workflows/kind";
import { useEditor } from "../context";
import { keyFrom } from "../keys";
import type { FieldProps, InnerField } from "./field-props";

/** Ways out that nodes have besides those of their rows. */
const OWN_WAYS = ["else", "none", "error"];

/** A list of small forms: add, remove, move. `Inner` shows one field of a row. */
export function RowsControl({
  field,
  nodeId,
  path,
  value,
  onChange,
  disabled,
  Inner,
}: FieldProps<"rows"> & { Inner: InnerField }) {
  const { issues } = useEditor();
  const rows: readonly RawConfig[] = Array.isArray(value) ? value.filter(isRecord) : [];
  const own = issues.filter((issue) => issue.nodeId === nodeId && issue.field === path);

  /** A row that has a label and no key yet gets one made from it. */
  function fillKey(index: number, left: Element) {
    const row = rows[index];
    const isKey = left.getAttribute("name") === `${path}.${index}.key`;
    if (!row || isKey || row.key !== "" || textOf(row, "label") === "") return;
    const taken = new Set([...OWN_WAYS, ...rows.map((other) => textOf(other, "key"))]);
    const key = keyFrom(textOf(row, "label"), taken);
    if (key !== "") onChange(rows.map((other, at) => (at === index ? { ...other, key } : other)));
  }

  function swap(index: number, other: number) {
    onChange(rows.map((row, at) => (at === index ? rows[other] : at === other ? rows[index] : row)));
  }

  return (
    <fieldset className="grid min-w-0 gap-2.5">
      <legend className="mb-2 font-medium text-sm">{field.label}</legend>
      {field.help ? (
        <p className="-mt-1 text-[0.8125rem] text-muted-foreground leading-5">{field.help}</p>
      ) : null}
      {rows.map((row, index) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: it only listens to focus leaving the fields inside
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity of their own; a row is its place.
          key={index}
          className="grid gap-3 rounded-lg border bg-background p-3"
          onBlur={(event) => fillKey(index, event.target)}
        >
          <div className="flex items-center justify-between">
            <span className="font-medium text-muted-foreground text-xs">{rowName(field, index)}</span>
            <RowButtons
              name={rowName(field, index)}
              canMoveUp={index > 0}
              canMoveDown={index < rows.length - 1}
              disabled={disabled}
              onUp={() => swap(index, index - 1)}
              onDown={() => swap(index, index + 1)}
              onRemove={() => onChange(rows.filter((_, at) => at !== index))}
            />
          </div>
          {field.row
            .filter((inner) => isShown(inner.name, row))
            .map((inner) => (
              <Inner
                key={inner.name}
                field={inner}
                nodeId={nodeId}
                path={`${path}.${index}.${inner.name}`}
                config={row}
                onChange={(changed) =>
                  onChange(
                    rows.map((other, at) => (at === index ? withValue(other, inner.name, changed) : other)),
                  )
                }
                disabled={disabled}
              />
            ))}
        </div>
      ))}
      <FieldErrorList
        id={`${nodeId}-${path}-error`}
        errors={own.map((issue) => issue.message.replace(/^“[^”]*”: /, ""))}
      />
      <Button
        variant="outline"
        size="sm"
        className="justify-self-start"
        disabled={disabled}
        onClick={() => onChange([...rows, field.item])}
      >
        <Plus aria-hidden="true" />
        {field.addLabel}
      </Button>
    </fieldset>
  );
}

/** Choices belong to a field of that type only. */
function isShown(name: string, row: RawConfig): boolean {
  return name !== "options" || row.type === "choice";
}

function withValue(row: RawConfig, name: string, value: unknown): RawConfig {
  const { [name]: _, ...rest } = row;
  return value === undefined || (name === "default" && value === "") ? rest : { ...row, [name]: value };
}

function RowButtons({
  name,
  canMoveUp,
  canMoveDown,
  disabled,
  onUp,
  onDown,
  onRemove,
}: {
  name: string;
  canMoveUp: boolean;
  canMoveDown: boolean;
  disabled: boolean;
  onUp: () => void;
  onDown: () => void;
  onRemove: () => void;
}) {
  const keepFocus = useKeptFocus();
  return (
    <span className="-mr-1 flex">
      <Button
        variant="ghost"
        size="icon-sm"
        className="size-7"
        disabled={disabled || !canMoveUp}
        onClick={onUp}
        aria-label={`Move ${name} up`}
      >
        <ArrowUp aria-hidden="true" />
      </Button>
      <Button
        variant="ghost"
        size="icon-sm"
        className="size-7"
        disabled={disabled || !canMoveDown}
        onClick={onDown}
        aria-label={`Move ${name} down`}
      >
        <ArrowDown aria-hidden="true" />
      </Button>
      <Button
        variant="ghost"
        size="icon-sm"
        className="size-7"
        disabled={disabled}
        onClick={(event) => {
          keepFocus(event.currentTarget);
          onRemove();
        }}
        aria-label={`Remove ${name}`}
      >
        <Trash2 aria-hidden="true" />
      </Button>
    </span>
  );
}
