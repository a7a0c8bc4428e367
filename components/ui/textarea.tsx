"use client";

import type { ComponentProps, CSSProperties } from "react";
import { controlClasses } from "@/components/ui/control-classes";
import { useEarlyValue } from "@/components/ui/early-value";
import { useFieldAttributes } from "@/components/ui/field-context";
import { cn } from "@/lib/cn";

/** A text control of several lines, at least `rows`, that grows with its content where the browser can. */
export function Textarea({ className, rows = 4, style, ref, ...props }: ComponentProps<"textarea">) {
  const field = useFieldAttributes();
  const control = useEarlyValue(ref, props.value !== undefined);
  return (
    <textarea
      rows={rows}
      // What is sized by its content has no rows of its own: empty, it would be as high as a field of one line.
      style={{ "--rows": rows, ...style } as CSSProperties}
      className={cn(
        controlClasses,
        "field-sizing-content max-h-[60vh] min-h-[calc(var(--rows)*1lh+1rem+2px)] px-3 py-2 leading-relaxed",
        className,
      )}
      {...field}
      {...props}
      ref={control}
    />
  );
}
