"use client";

import { useState } from "react";
import { Input } from "@/components/ui/input";

/** Milliseconds, asked for in seconds. What is typed stays until the field is left; only what is in bounds is taken. */
export function Seconds({
  ms,
  min,
  max,
  disabled,
  onChange,
}: {
  ms: number | undefined;
  min: number;
  max: number;
  disabled: boolean;
  onChange: (ms: number | undefined) => void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <Input
      type="number"
      min={min}
      max={max}
      step="any"
      value={typed ?? (ms === undefined ? "" : ms / 1_000)}
      disabled={disabled}
      onBlur={() => setTyped(null)}
      onChange={(event) => {
        const { value } = event.target;
        setTyped(value);
        const seconds = Number(value);
        if (value === "") onChange(undefined);
        else if (seconds >= min && seconds <= max) onChange(Math.round(seconds * 1_000));
      }}
    />
  );
}
