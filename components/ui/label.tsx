"use client";

import { Label as LabelPrimitive } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

/** The name of a control. */
export function Label({ className, ...props }: ComponentProps<typeof LabelPrimitive.Root>) {
  return (
    <LabelPrimitive.Root
      className={cn(
        "wrap-anywhere inline-flex select-none items-center gap-1.5 font-medium text-sm leading-5 peer-disabled:opacity-60",
        className,
      )}
      {...props}
    />
  );
}
