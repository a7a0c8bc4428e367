"use client";

import { useId } from "react";
import { useUrlText } from "@/components/shared/url-text";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { cn } from "@/lib/cn";

const PAUSE_MS = 500;

/** Narrows the list of the page by a day or an amount in the address, a moment after it was written. */
export function FilterInput({
  param,
  label,
  type,
  placeholder,
  className,
}: {
  param: string;
  label: string;
  type: "date" | "number";
  placeholder?: string;
  className?: string;
}) {
  const id = useId();
  const { text, setText, pending } = useUrlText(param, PAUSE_MS);

  return (
    <div className={cn("grid gap-1", className)}>
      <Label htmlFor={id} className="text-muted-foreground text-xs">
        {label}
      </Label>
      <Input
        id={id}
        type={type}
        value={text}
        onChange={(event) => setText(event.target.value)}
        aria-busy={pending || undefined}
        {...(placeholder ? { placeholder } : {})}
        {...(type === "number" ? { min: 0, step: "any", inputMode: "decimal" as const } : {})}
      />
    </div>
  );
}
