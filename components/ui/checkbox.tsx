"use client";

import { Check, Minus } from "lucide-react";
import { Checkbox as CheckboxPrimitive } from "radix-ui";
import type { ComponentProps } from "react";
import { useFieldAttributes } from "@/components/ui/field-context";
import { cn } from "@/lib/cn";

/** A box to tick; `checked="indeterminate"` shows a dash. Submits with its form when it has a `name`. */
export function Checkbox({ className, ...props }: ComponentProps<typeof CheckboxPrimitive.Root>) {
  const field = useFieldAttributes();
  return (
    <CheckboxPrimitive.Root
      className={cn(
        "group peer relative flex size-4.5 shrink-0 items-center justify-center rounded-[5px] border border-input bg-card shadow-xs transition-colors disabled:cursor-not-allowed disabled:opacity-55 aria-invalid:border-danger data-[state=checked]:border-primary data-[state=indeterminate]:border-primary data-[state=checked]:bg-primary data-[state=indeterminate]:bg-primary",
        className,
      )}
      {...field}
      {...props}
    >
      <CheckboxPrimitive.Indicator className="text-primary-foreground">
        <Check
          className="size-3.5 group-data-[state=indeterminate]:hidden"
          strokeWidth={3}
          aria-hidden="true"
        />
        <Minus
          className="hidden size-3.5 group-data-[state=indeterminate]:block"
          strokeWidth={3}
          aria-hidden="true"
        />
      </CheckboxPrimitive.Indicator>
    </CheckboxPrimitive.Root>
  );
}
