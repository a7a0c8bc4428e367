"use client";

import type { FormEventHandler, ReactNode } from "react";
import { ActionForm } from "@/components/shared/action-form";
import { useKeptFocus } from "@/components/shared/keep-focus";
import { SubmitButton } from "@/components/shared/submit-button";
import { useNewDialog } from "@/components/shared/use-new-dialog";
import { Button, type ButtonProps } from "@/components/ui/button";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  DialogTrigger,
} from "@/components/ui/dialog";
import type { ServerAction } from "@/lib/result";

/** A button that opens a form. When it worked the dialog closes and the page is read again, or `successHref` opened. */
export function FormDialog<T>({
  label,
  variant = "outline",
  size,
  triggerLabel,
  title,
  description,
  action,
  hidden = {},
  submitLabel,
  destructive = false,
  successMessage,
  successHref,
  onSubmitCapture,
  byAddress = false,
  children,
}: {
  /** What the button shows. */
  label: ReactNode;
  variant?: ButtonProps["variant"];
  size?: ButtonProps["size"];
  /** The button's name where what it shows is not enough to tell it from others. */
  triggerLabel?: string;
  title: string;
  description: ReactNode;
  action: ServerAction<T>;
  /** Fields that the person does not fill in. */
  hidden?: Readonly<Record<string, string>>;
  submitLabel: string;
  destructive?: boolean;
  successMessage?: string;
  successHref?: string;
  /** Hears of the form before it is sent, and may keep it from that. */
  onSubmitCapture?: FormEventHandler<HTMLFormElement>;
  /** It is the one of its page that makes something new, and opens at the page's address with `?new=1` too. */
  byAddress?: boolean;
  children: ReactNode;
}) {
  const keepFocus = useKeptFocus();
  const { open, setOpen } = useNewDialog(byAddress);

  function finish(_data: T, isLeft: boolean) {
    // Another one may be open by then.
    if (!isLeft) setOpen(false);
  }

  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button
          variant={variant}
          size={size}
          aria-label={triggerLabel}
          onClick={(event) => keepFocus(event.currentTarget)}
        >
          {label}
        </Button>
      </DialogTrigger>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>{title}</DialogTitle>
          <DialogDescription>{description}</DialogDescription>
        </DialogHeader>
        <ActionForm
          guarded
          action={action}
          onSuccess={finish}
          {...(successMessage ? { successMessage } : {})}
          {...(successHref ? { successHref } : {})}
          {...(onSubmitCapture ? { onSubmitCapture } : {})}
        >
          {Object.entries(hidden).map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          {children}
          <DialogFooter>
            <SubmitButton variant={destructive ? "destructive" : "default"}>{submitLabel}</SubmitButton>
          </DialogFooter>
        </ActionForm>
      </DialogContent>
    </Dialog>
  );
}
