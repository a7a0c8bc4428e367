"use client";

import { ActionForm } from "@/components/shared/action-form";
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
import type { ServerAction } from "@/lib/result";

/** Changes the name and what a workflow is for. */
export function RenameDialog({
  open,
  onOpenChange,
  workflow,
  action,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  workflow: { id: string; name: string; description: string };
  action: ServerAction<{ id: string }>;
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
            <DialogTitle>Rename {workflow.name}</DialogTitle>
            <DialogDescription>Calls by the API use its id and go on working.</DialogDescription>
          </DialogHeader>
          <input type="hidden" name="workflowId" value={workflow.id} />
          <FormField name="name" label="Name" required>
            <Input defaultValue={workflow.name} />
          </FormField>
          <FormField name="description" label="What it is for">
            <Textarea defaultValue={workflow.description} rows={3} />
          </FormField>
          <DialogFooter>
            <SubmitButton>Save</SubmitButton>
          </DialogFooter>
        </ActionForm>
      </DialogContent>
    </Dialog>
  );
}
