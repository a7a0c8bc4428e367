"use client";

import { ActionForm } from "@/components/shared/action-form";
import { FormDialog } from "@/components/shared/form-dialog";
import { FormField } from "@/components/shared/form-field";
import { SubmitButton } from "@/components/shared/submit-button";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import { Textarea } from "@/components/ui/textarea";
import type { CredentialItem } from "@/lib/credentials/queries";
import type { ServerAction } from "@/lib/result";

/** Adds a credential. */
export function CreateCredentialDialog({ action }: { action: ServerAction<{ id: string }> }) {
  return (
    <FormDialog
      byAddress
      label="New credential"
      variant="default"
      title="New credential"
      description="A header that tells another service who is calling."
      action={action}
      submitLabel="Add credential"
      successMessage="The credential is added"
    >
      <CredentialFields />
    </FormDialog>
  );
}

/** Changes a credential; its value stays where none is entered. */
export function ChangeCredentialDialog({
  open,
  onOpenChange,
  credential,
  action,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  credential: CredentialItem;
  action: ServerAction<void>;
}) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent>
        <ActionForm
          guarded
          action={action}
          successMessage="Saved"
          onSuccess={(_saved, isLeft) => isLeft || onOpenChange(false)}
          className="grid gap-4"
        >
          <DialogHeader>
            <DialogTitle>Change {credential.name}</DialogTitle>
            <DialogDescription>Every workflow that uses it takes it from its next request.</DialogDescription>
          </DialogHeader>
          <input type="hidden" name="credentialId" value={credential.id} />
          <CredentialFields credential={credential} />
          <DialogFooter>
            <SubmitButton>Save</SubmitButton>
          </DialogFooter>
        </ActionForm>
      </DialogContent>
    </Dialog>
  );
}

function CredentialFields({ credential }: { credential?: CredentialItem }) {
  return (
    <>
      <FormField name="name" label="Name" required hint="What it is for, such as “Our CRM”.">
        <Input defaultValue={credential?.name} autoComplete="off" autoFocus />
      </FormField>
      <FormField name="headerName" label="Header" required>
        <Input
          defaultValue={credential?.headerName ?? "Authorization"}
          autoComplete="off"
          spellCheck={false}
          className="font-mono"
        />
      </FormField>
      <FormField
        name="value"
        label="Value"
        required={!credential}
        hint={
          credential
            ? `Empty keeps ${credential.lastFour}, for this header and for these hosts or fewer.`
            : "The whole of it, such as “Bearer 1234”. Nobody sees it again."
        }
      >
        <Input type="password" autoComplete="off" className="font-mono" />
      </FormField>
      <FormField
        name="hosts"
        label="Hosts"
        required
        hint="It is sent to these alone, one a line: api.example.com, or *.example.com for all below it."
      >
        <Textarea
          defaultValue={credential?.hosts.join("\n")}
          rows={2}
          spellCheck={false}
          className="font-mono"
          placeholder="api.example.com"
        />
      </FormField>
    </>
  );
}
