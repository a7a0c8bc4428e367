"use client";

import { useState } from "react";
import { Input } from "@/components/ui/input";
import { endsTyping } from "../shortcuts";
import { asText, type FieldProps } from "./field-props";

/**
 * A number. An emptied field counts as empty once typing in it is over: half-way to another number it would take away
 * what depends on there being one, such as the way out of a time limit.
 */
export function NumberControl({ field, value, onChange, disabled }: FieldProps<"number">) {
  const [isEmptied, setEmptied] = useState(false);

  function commit() {
    if (isEmptied) onChange(undefined);
    setEmptied(false);
  }

  return (
    <Input
      type="number"
      value={isEmptied ? "" : asText(value)}
      onChange={(event) => {
        setEmptied(event.target.value === "");
        if (event.target.value !== "") onChange(Number(event.target.value));
      }}
      onBlur={commit}
      onKeyDown={(event) => {
        if (endsTyping(event)) commit();
      }}
      disabled={disabled}
      {...(field.min === undefined ? {} : { min: field.min })}
      {...(field.max === undefined ? {} : { max: field.max })}
      {...(field.step === undefined ? {} : { step: field.step })}
    />
  );
}
