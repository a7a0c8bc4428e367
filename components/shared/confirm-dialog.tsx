"use client";

import { type ReactNode, useId, useState } from "react";
import { FormError } from "@/components/shared/form-error";
import {
  AlertDialog,
  AlertDialogCancel,
  AlertDialogContent,
  AlertDialogDescription,
  AlertDialogFooter,
  AlertDialogHeader,
  AlertDialogTitle,
} from "@/components/ui/alert-dialog";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import type { PublicError } from "@/lib/errors";

/** What a person must know before saying yes. */
export type Confirmation = {
  title: string;
  description: ReactNode;
  /** What will be gone, one item each. */
  losses?: readonly string[];
  confirmLabel: string;
  /** True when it takes something away. */
  destructive?: boolean;
  /** A word to type first, such as the name of what is deleted. */
  typeToConfirm?: string;
};

type ConfirmProps = {
  confirmation: Confirmation;
  pending: boolean;
  /** Why the last try was refused. */
  error?: PublicError | null;
  onConfirm: () => void;
};

/**
 * Asks before something that cannot be taken back, and says what will be lost. Once it was answered with yes it stays
 * until that is done: it is where it says what went wrong.
 */
export function ConfirmDialog({
  open,
  onOpenChange,
  ...props
}: ConfirmProps & { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <AlertDialog open={open} onOpenChange={(next) => (props.pending ? undefined : onOpenChange(next))}>
      <AlertDialogContent>
        <Question {...props} />
      </AlertDialogContent>
    </AlertDialog>
  );
}

function Question({ confirmation, pending, error = null, onConfirm }: ConfirmProps) {
  const { title, description, losses = [], confirmLabel, destructive, typeToConfirm } = confirmation;
  const [typed, setTyped] = useState("");
  const ready = !typeToConfirm || typed.trim() === typeToConfirm;
  return (
    <>
      <AlertDialogHeader>
        <AlertDialogTitle>{title}</AlertDialogTitle>
        <AlertDialogDescription>{description}</AlertDialogDescription>
      </AlertDialogHeader>
      {losses.length > 0 ? (
        <div className="rounded-lg border border-danger/25 bg-danger-soft px-4 py-3 text-sm">
          <p className="mb-1 font-medium">This is lost:</p>
          <ul className="wrap-anywhere grid list-disc gap-1 pl-4">
            {losses.map((loss) => (
              <li key={loss}>{loss}</li>
            ))}
          </ul>
        </div>
      ) : null}
      {typeToConfirm ? <TypedName name={typeToConfirm} typed={typed} onType={setTyped} /> : null}
      {error ? <FormError error={error} /> : null}
      <AlertDialogFooter>
        <AlertDialogCancel disabled={pending}>Cancel</AlertDialogCancel>
        <Button
          variant={destructive ? "destructive" : "default"}
          loading={pending}
          disabled={!ready}
          onClick={onConfirm}
        >
          {confirmLabel}
        </Button>
      </AlertDialogFooter>
    </>
  );
}

function TypedName({ name, typed, onType }: { name: string; typed: string; onType: (text: string) => void }) {
  const id = useId();
  return (
    <div className="grid gap-1.5">
      <Label htmlFor={id} className="inline">
        Type <span className="select-all font-mono">{name}</span> to confirm
      </Label>
      <Input id={id} value={typed} onChange={(event) => onType(event.target.value)} autoComplete="off" />
    </div>
  );
}
