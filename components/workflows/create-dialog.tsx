"use client";

import { Plus } from "lucide-react";
import { useState } from "react";
import { ActionForm } from "@/components/shared/action-form";
import { FormField } from "@/components/shared/form-field";
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
import type { ServerAction } from "@/lib/result";
import { STARTER_TEMPLATES, type TemplateKey } from "@/lib/workflows/templates";

export type CreateAction = ServerAction<{ id: string }>;

/** Asks for a name and what to start from, and opens the editor on the new workflow. */
export function CreateDialog({ action, label = "New workflow" }: { action: CreateAction; label?: string }) {
  const { open, setOpen, noteMade } = useNewDialog();
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button>
          <Plus aria-hidden="true" />
          {label}
        </Button>
      </DialogTrigger>
      <DialogContent>
        <CreateForm action={action} template="blank" onMade={noteMade} />
      </DialogContent>
    </Dialog>
  );
}

/** The form in the dialog; `template` is chosen at first. */
export function CreateForm({
  action,
  template,
  onMade,
}: {
  action: CreateAction;
  template: TemplateKey;
  onMade?: () => void;
}) {
  const [key, setKey] = useState<string>(template);
  const chosen = STARTER_TEMPLATES.find((starter) => starter.key === key);
  return (
    <ActionForm
      guarded
      action={action}
      successHref="/app/workflows/[id]"
      onSuccess={(_made, isLeft) => isLeft || onMade?.()}
      className="grid gap-4"
    >
      <DialogHeader>
        <DialogTitle>New workflow</DialogTitle>
        <DialogDescription>
          {chosen?.description ?? "An input and an output. You add what happens in between."}
        </DialogDescription>
      </DialogHeader>
      <FormField name="name" label="Name" required>
        <Input defaultValue={chosen?.name ?? ""} autoFocus />
      </FormField>
      <FormField name="template" label="Start from" required>
        <NativeSelect value={key} onChange={(event) => setKey(event.target.value)}>
          <option value="blank">Nothing</option>
          {STARTER_TEMPLATES.map((starter) => (
            <option key={starter.key} value={starter.key}>
              {starter.name}
            </option>
          ))}
        </NativeSelect>
      </FormField>
      <DialogFooter>
        <SubmitButton>Create</SubmitButton>
      </DialogFooter>
    </ActionForm>
  );
}
