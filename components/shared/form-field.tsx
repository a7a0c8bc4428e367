"use client";

import { CircleAlert } from "lucide-react";
import { type ReactNode, useId } from "react";
import { errorsOf, useFormState } from "@/components/shared/form-state";
import { FieldContext } from "@/components/ui/field-context";
import { Label } from "@/components/ui/label";
import { cn } from "@/lib/cn";

/**
 * A label, its control, a hint, and what is wrong with it. The control inside (Input, Textarea, NativeSelect,
 * Select, Checkbox, Switch, RadioGroup) takes its name, id and aria wiring from here; errors come from the
 * `ActionForm` around it by `name`, or from `error`.
 */
export function FormField({
  name,
  label,
  hint,
  error,
  required = false,
  inline = false,
  hideLabel = false,
  aside,
  className,
  children,
}: {
  name: string;
  label: ReactNode;
  hint?: ReactNode;
  error?: string;
  required?: boolean;
  /** Control before its label, for a checkbox or a switch. */
  inline?: boolean;
  hideLabel?: boolean;
  /** Something small at the end of the label's line, such as a link. */
  aside?: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  const id = useId();
  const form = useFormState();
  const errors = error ? [error] : errorsOf(form.error?.fields, name);
  const invalid = errors.length > 0;
  const describedBy = [hint ? `${id}-hint` : "", invalid ? `${id}-error` : ""].filter(Boolean).join(" ");
  const labelId = `${id}-label`;
  const heading = (
    <FieldLabel
      id={labelId}
      htmlFor={id}
      isOptional={!required && !inline}
      className={cn(hideLabel && "sr-only", inline && "font-normal")}
    >
      {label}
    </FieldLabel>
  );
  return (
    <FieldContext value={{ id, name, labelId, describedBy: describedBy || undefined, invalid, required }}>
      <div className={cn("grid content-start gap-1.5", className)}>
        <div
          className={cn(
            "flex gap-2.5",
            inline ? "items-center" : "items-baseline justify-between",
            // Out of the grid, so that what nobody sees takes no gap either.
            hideLabel && !inline && !aside && "absolute",
          )}
        >
          {inline ? children : null}
          {heading}
          {aside}
        </div>
        {inline ? null : children}
        {hint ? (
          <p id={`${id}-hint`} className="text-[0.8125rem] text-muted-foreground leading-5">
            {hint}
          </p>
        ) : null}
        <FieldErrorList id={`${id}-error`} errors={errors} />
      </div>
    </FieldContext>
  );
}

function FieldLabel({
  isOptional,
  children,
  ...props
}: {
  id: string;
  htmlFor: string;
  isOptional: boolean;
  className: string;
  children: ReactNode;
}) {
  return (
    <Label {...props}>
      {children}
      {isOptional ? (
        <span className="shrink-0 font-normal text-muted-foreground text-xs">optional</span>
      ) : null}
    </Label>
  );
}

/** Sentences about a field, for controls that are not inside a `FormField`. */
export function FieldErrorList({ id, errors }: { id: string; errors: readonly string[] }) {
  if (errors.length === 0) return null;
  return (
    <div
      id={id}
      data-field-error
      tabIndex={-1}
      className="wrap-anywhere grid gap-0.5 text-[0.8125rem] text-danger leading-5"
    >
      {errors.map((sentence) => (
        <p key={sentence} className="flex items-start gap-1.5">
          <CircleAlert className="mt-0.75 size-3.5 shrink-0" aria-hidden="true" />
          {sentence}
        </p>
      ))}
    </div>
  );
}

/** Several fields under one heading, announced as a group. */
export function FieldGroup({
  legend,
  description,
  className,
  children,
}: {
  legend: string;
  description?: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  return (
    <fieldset className={cn("grid min-w-0 gap-4", className)}>
      <legend className="mb-3 font-semibold text-sm">{legend}</legend>
      {description ? <p className="-mt-3 text-muted-foreground text-sm">{description}</p> : null}
      {children}
    </fieldset>
  );
}
