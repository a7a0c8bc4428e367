"use client";

import { ChevronDown, LoaderCircle } from "lucide-react";
import type { ComponentProps } from "react";
import { controlClasses } from "@/components/ui/control-classes";
import { useEarlyValue } from "@/components/ui/early-value";
import { useFieldAttributes } from "@/components/ui/field-context";
import { cn } from "@/lib/cn";

/**
 * The browser's own select in our looks: the right one inside forms and on phones. Children are `<option>`s. While
 * `aria-busy` says that its choice is being done, the arrow turns.
 */
export function NativeSelect({ className, children, ref, ...props }: ComponentProps<"select">) {
  const field = useFieldAttributes();
  const control = useEarlyValue(ref, props.value !== undefined);
  const isBusy = props["aria-busy"] === true;
  const Icon = isBusy ? LoaderCircle : ChevronDown;
  return (
    <span className="relative block">
      <select
        className={cn(controlClasses, "h-9 appearance-none py-1 pr-9 pl-3", className)}
        {...field}
        {...props}
        ref={control}
      >
        {children}
      </select>
      <Icon
        className={cn(
          "pointer-events-none absolute top-1/2 right-3 size-4 -translate-y-1/2 text-muted-foreground",
          isBusy && "animate-spin",
        )}
        aria-hidden="true"
      />
    </span>
  );
}
