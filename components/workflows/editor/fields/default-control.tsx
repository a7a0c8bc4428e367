"use client";

import { NativeSelect } from "@/components/ui/native-select";
import type { RawConfig } from "@/lib/workflows/kind";
import { asText, type FieldProps } from "./field-props";

const YES_OR_NO = [
  { value: "true", label: "Yes" },
  { value: "false", label: "No" },
];

/** What a field begins with that takes only certain values; null where it takes what is written. */
export function possibleDefaults(row: RawConfig): readonly { value: string; label: string }[] | null {
  if (row.type === "boolean") return YES_OR_NO;
  if (row.type !== "choice") return null;
  const options = Array.isArray(row.options) ? [...new Set(row.options.map(asText))] : [];
  return options.map((option) => ({ value: option, label: option }));
}

/** The default of a field, chosen among the values that it takes. What another type left there is shown until then. */
export function DefaultControl({
  options,
  value,
  onChange,
  disabled,
}: Omit<FieldProps, "field"> & { options: readonly { value: string; label: string }[] }) {
  const chosen = asText(value);
  const isOther = chosen !== "" && !options.some((option) => option.value === chosen);
  return (
    <NativeSelect value={chosen} onChange={(event) => onChange(event.target.value)} disabled={disabled}>
      <option value="">None</option>
      {isOther ? <option value={chosen}>{chosen}</option> : null}
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </NativeSelect>
  );
}
