"use client";

import { useFormState } from "@/components/shared/form-state";
import { Button, type ButtonProps } from "@/components/ui/button";

/** Sends the `ActionForm` around it; spins and refuses presses while that is under way. */
export function SubmitButton({
  pendingLabel,
  children,
  ...props
}: Omit<ButtonProps, "type" | "loading" | "asChild"> & { pendingLabel?: string }) {
  const { pending } = useFormState();
  return (
    <Button type="submit" loading={pending} {...props}>
      {pending && pendingLabel ? pendingLabel : children}
    </Button>
  );
}
