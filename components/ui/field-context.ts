"use client";

import { createContext, useContext } from "react";

/** What a `FormField` tells the control inside it. */
export type FieldBinding = {
  id: string;
  name: string;
  labelId: string;
  describedBy: string | undefined;
  invalid: boolean;
  required: boolean;
};

export const FieldContext = createContext<FieldBinding | null>(null);

/** Attributes that tie a native control to the label, hint and error of the `FormField` around it. */
export function useFieldAttributes(): {
  id?: string;
  name?: string;
  required?: boolean;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
} {
  const field = useContext(FieldContext);
  if (!field) return {};
  return {
    id: field.id,
    name: field.name,
    ...(field.required ? { required: true } : {}),
    ...(field.describedBy ? { "aria-describedby": field.describedBy } : {}),
    ...(field.invalid ? { "aria-invalid": true as const } : {}),
  };
}

/** The binding itself, for controls made of several elements. Null outside a `FormField`. */
export function useField(): FieldBinding | null {
  return useContext(FieldContext);
}
