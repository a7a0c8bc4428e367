"use client";

import type { ComponentProps } from "react";
import { controlClasses } from "@/components/ui/control-classes";
import { useEarlyValue } from "@/components/ui/early-value";
import { useFieldAttributes } from "@/components/ui/field-context";
import { cn } from "@/lib/cn";

/** A one-line text control. Put it in a `FormField` for its label, hint and error. */
export function Input({ className, type = "text", ref, ...props }: ComponentProps<"input">) {
  const field = useFieldAttributes();
  const control = useEarlyValue(ref, props.value !== undefined);
  return (
    <input
      type={type}
      className={cn(
        controlClasses,
        "h-9 px-3 py-1 file:mr-3 file:border-0 file:bg-transparent file:font-medium file:text-sm",
        className,
      )}
      {...field}
      {...props}
      ref={control}
    />
  );
}
