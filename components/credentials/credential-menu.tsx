"use client";

import { PencilLine, Trash2 } from "lucide-react";
import { useRef, useState } from "react";
import { useAction } from "@/components/shared/action-button";
import { ConfirmDialog } from "@/components/shared/confirm-dialog";
import { useKeptFocus } from "@/components/shared/keep-focus";
import { MoreMenu } from "@/components/shared/more-menu";
import { DropdownMenuItem, DropdownMenuSeparator } from "@/components/ui/dropdown-menu";
import type { CredentialItem } from "@/lib/credentials/queries";
import type { PublicError } from "@/lib/errors";
import type { ServerAction } from "@/lib/result";
import { ChangeCredentialDialog } from "./credential-dialogs";

export type CredentialMenuActions = {
  updateAction: ServerAction<void>;
  deleteAction: ServerAction<void>;
  /** The workflows that sign in with it. */
  signingInAction: ServerAction<readonly { name: string }[]>;
};

/** Changes or deletes a credential. Deleting asks first, and names the workflows that fail without it. */
export function CredentialMenu({
  credential,
  updateAction,
  deleteAction,
  signingInAction,
}: { credential: CredentialItem } & CredentialMenuActions) {
  const button = useRef<HTMLButtonElement>(null);
  const keepFocus = useKeptFocus();
  const [open, setOpen] = useState<"none" | "change" | "delete">("none");
  const [workflows, setWorkflows] = useState<readonly string[]>([]);
  const [refusal, setRefusal] = useState<PublicError | null>(null);
  const { id: credentialId, name } = credential;
  const look = useAction(signingInAction, {
    onSuccess: (found) => {
      setWorkflows(found.map((workflow) => workflow.name));
      if (button.current) keepFocus(button.current);
      setOpen("delete");
    },
  });
  const remove = useAction(deleteAction, {
    successMessage: `${name} was deleted`,
    onSuccess: close,
    onError: setRefusal,
  });

  function close() {
    setRefusal(null);
    setOpen("none");
  }

  return (
    <>
      <MoreMenu ref={button} name={name} pending={look.pending}>
        <DropdownMenuItem onSelect={() => setOpen("change")}>
          <PencilLine aria-hidden="true" />
          Change
        </DropdownMenuItem>
        <DropdownMenuSeparator />
        <DropdownMenuItem variant="destructive" onSelect={() => look.run({ credentialId })}>
          <Trash2 aria-hidden="true" />
          Delete
        </DropdownMenuItem>
      </MoreMenu>
      <ChangeCredentialDialog
        open={open === "change"}
        onOpenChange={(isOpen) => setOpen(isOpen ? "change" : "none")}
        credential={credential}
        action={updateAction}
      />
      <ConfirmDialog
        open={open === "delete"}
        onOpenChange={close}
        confirmation={{
          title: `Delete ${name}?`,
          description:
            workflows.length === 0
              ? "No workflow signs in with it. This cannot be undone."
              : "These workflows sign in with it, and their requests fail until another one is chosen. This cannot be undone.",
          losses: workflows,
          confirmLabel: "Delete credential",
          destructive: true,
        }}
        pending={remove.pending}
        error={refusal}
        onConfirm={() => remove.run({ credentialId })}
      />
    </>
  );
}
