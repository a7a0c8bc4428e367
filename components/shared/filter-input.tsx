"use client";

import { useId } from "react";
import { FieldErrorList } from "@/components/shared/form-field";
import { useUrlText } from "@/components/shared/url-text";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { dollarsInput } from "@/lib/amount";
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
  type: "date" | "amount";
  placeholder?: string;
  className?: string;
}) {
  const id = useId();
  const { text, setText, pending } = useUrlText(param, PAUSE_MS);
  const problems = type === "amount" ? amountProblems(text) : [];

  return (
    <div className={cn("grid gap-1", className)}>
      <Label htmlFor={id} className="text-muted-foreground text-xs">
        {label}
      </Label>
      <Input
        id={id}
        value={text}
        onChange={(event) => setText(event.target.value)}
        aria-busy={pending || undefined}
        {...(placeholder ? { placeholder } : {})}
        {...(type === "amount" ? { inputMode: "decimal" as const } : { type })}
        {...(problems.length > 0 ? { "aria-invalid": true, "aria-describedby": `${id}-error` } : {})}
      />
      <FieldErrorList id={`${id}-error`} errors={problems} />
    </div>
  );
}

/** The list takes no notice of what is no amount: its field has to say so. */
function amountProblems(text: string): readonly string[] {
  if (text.trim() === "") return [];
  return dollarsInput.safeParse(text).error?.issues.map(({ message }) => message) ?? [];
}
