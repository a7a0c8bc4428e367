"use client";

import { useState } from "react";
import { Textarea } from "@/components/ui/textarea";
import { asText, type FieldProps } from "./field-props";

function toItems(text: string, type: "text" | "number"): readonly (string | number)[] {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return type === "number"
    ? lines.map((line) => (Number.isFinite(Number(line)) ? Number(line) : line))
    : lines;
}

/** A list as text, one item a line. What is typed stays as typed; the list is made from it. */
export function ListControl({ field, value, onChange, disabled }: FieldProps<"list">) {
  const items = Array.isArray(value) ? value.map(asText) : [];
  const [text, setText] = useState(items.join("\n"));
  const isCurrent = toItems(text, field.items).join("\n") === items.join("\n");
  return (
    <Textarea
      rows={3}
      value={isCurrent ? text : items.join("\n")}
      onChange={(event) => {
        setText(event.target.value);
        onChange(toItems(event.target.value, field.items));
      }}
      disabled={disabled}
      placeholder={field.placeholder}
    />
  );
}
