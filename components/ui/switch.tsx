"use client";

import { Switch as SwitchPrimitive } from "radix-ui";
import type { ComponentProps } from "react";
import { useFieldAttributes } from "@/components/ui/field-context";
import { cn } from "@/lib/cn";

/** On or off, at once. Submits `on` with its form when it has a `name`. */
export function Switch({ className, ...props }: ComponentProps<typeof SwitchPrimitive.Root>) {
  const field = useFieldAttributes();
  return (
    <SwitchPrimitive.Root
      className={cn(
        "peer inline-flex h-5.5 w-9.5 shrink-0 items-center rounded-full border border-transparent bg-input shadow-xs transition-colors disabled:cursor-not-allowed disabled:opacity-55 data-[state=checked]:bg-primary",
        className,
      )}
      {...field}
      {...props}
    >
      <SwitchPrimitive.Thumb className="pointer-events-none block size-4.5 translate-x-px rounded-full bg-card shadow-sm transition-transform data-[state=checked]:translate-x-[1.06rem] dark:bg-background" />
    </SwitchPrimitive.Root>
  );
}
