"use client";

import { KeyRound } from "lucide-react";
import { useState } from "react";
import { createApiKeyAction } from "@/app/app/api-keys/actions";
import { ActionForm } from "@/components/shared/action-form";
import { FormField } from "@/components/shared/form-field";
import { SecretShown } from "@/components/shared/secret-shown";
import { SubmitButton } from "@/components/shared/submit-button";
import { useNewDialog } from "@/components/shared/use-new-dialog";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  DialogTrigger,
} from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { ScopeChoice } from "./scope-choice";

/** Makes a key and shows it once. */
export function CreateKeyDialog() {
  const { open, setOpen } = useNewDialog();
  const [key, setKey] = useState<string | null>(null);

  function toggle(next: boolean) {
    setOpen(next);
    if (!next) setKey(null);
  }

  /** Also when the dialog was closed meanwhile: nobody sees the key another time. */
  function show(created: string) {
    setKey(created);
    setOpen(true);
  }

  return (
    <Dialog open={open} onOpenChange={toggle}>
      <DialogTrigger asChild>
        <Button>
          <KeyRound aria-hidden="true" />
          New key
        </Button>
      </DialogTrigger>
      <DialogContent staysOpen={key !== null}>
        {key ? <NewKey value={key} /> : <KeyForm onCreated={show} />}
      </DialogContent>
    </Dialog>
  );
}

function KeyForm({ onCreated }: { onCreated: (key: string) => void }) {
  return (
    <>
      <DialogHeader>
        <DialogTitle>New API key</DialogTitle>
        <DialogDescription>A key acts in this workspace only, within what you tick here.</DialogDescription>
      </DialogHeader>
      <ActionForm guarded action={createApiKeyAction} onSuccess={(created) => onCreated(created.key)}>
        <FormField name="name" label="Name" required hint="Where it is used, such as “Nightly import”.">
          <Input autoComplete="off" autoFocus />
        </FormField>
        <ScopeChoice />
        <FormField name="expiry" label="Works for" required>
          <NativeSelect defaultValue="90">
            <option value="30">30 days</option>
            <option value="90">90 days</option>
            <option value="365">One year</option>
            <option value="never">Until it is revoked</option>
          </NativeSelect>
        </FormField>
        <DialogFooter>
          <SubmitButton>Create key</SubmitButton>
        </DialogFooter>
      </ActionForm>
    </>
  );
}

function NewKey({ value }: { value: string }) {
  return (
    <SecretShown
      title="Your new key"
      description="Send it as the header shown below."
      warning="It is shown this once: we keep only a fingerprint of it."
      value={value}
      copyLabel="Copy key"
      testId="new-api-key"
    >
      <p className="text-muted-foreground text-sm">
        <code className="font-mono text-xs">Authorization: Bearer {value.slice(0, 8)}…</code>
      </p>
    </SecretShown>
  );
}
