"use client";

import type { ComponentProps } from "react";
import { controlClasses } from "@/components/ui/control-classes";
import { useFieldAttributes } from "@/components/ui/field-context";
import { cn } from "@/lib/cn";

/** A text control of several lines that grows with its content where the browser can. */
export function Textarea({ className, rows = 4, ...props }: ComponentProps<"textarea">) {
  const field = useFieldAttributes();
  return (
    <textarea
      rows={rows}
      className={cn(controlClasses, "field-sizing-content max-h-[60vh] px-3 py-2 leading-relaxed", className)}
      {...field}
      {...props}
    />
  );
}
