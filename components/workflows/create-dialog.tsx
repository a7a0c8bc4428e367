"use client";

import { Plus } from "lucide-react";
import { useRef, useState } from "react";
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
/** `importAction` makes it out of a file. */
export type CreateActions = { action: CreateAction; importAction: CreateAction };

/** Asks for a name and what to start from, and opens the editor on the new workflow. */
export function CreateDialog({ label = "New workflow", ...actions }: CreateActions & { label?: string }) {
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
        <CreateForm {...actions} template="blank" onMade={noteMade} />
      </DialogContent>
    </Dialog>
  );
}

const FROM_FILE = "file";

/** The form in the dialog; `template` is chosen at first. */
export function CreateForm({
  action,
  importAction,
  template,
  onMade,
}: CreateActions & { template: TemplateKey; onMade?: () => void }) {
  const [key, setKey] = useState<string>(template);
  const nameRef = useRef<HTMLInputElement>(null);
  const chosen = STARTER_TEMPLATES.find((starter) => starter.key === key);
  const isFromFile = key === FROM_FILE;

  function suggestName(name: string) {
    if (nameRef.current?.value === "") nameRef.current.value = name;
  }

  return (
    <ActionForm
      guarded
      action={isFromFile ? importAction : action}
      successHref="/app/workflows/[id]"
      onSuccess={(_made, isLeft) => isLeft || onMade?.()}
      className="grid gap-4"
    >
      <DialogHeader>
        <DialogTitle>New workflow</DialogTitle>
        <DialogDescription>{chosen?.description ?? (isFromFile ? OF_FILE : OF_NOTHING)}</DialogDescription>
      </DialogHeader>
      <FormField name="name" label="Name" required>
        <Input ref={nameRef} defaultValue={chosen?.name ?? ""} autoFocus />
      </FormField>
      <FormField name="template" label="Start from" required>
        <NativeSelect
          name={isFromFile ? "" : "template"}
          value={key}
          onChange={(event) => setKey(event.target.value)}
        >
          <option value="blank">Nothing</option>
          {STARTER_TEMPLATES.map((starter) => (
            <option key={starter.key} value={starter.key}>
              {starter.name}
            </option>
          ))}
          <option value={FROM_FILE}>A file</option>
        </NativeSelect>
      </FormField>
      {isFromFile ? <FileField onName={suggestName} /> : null}
      <DialogFooter>
        <SubmitButton>Create</SubmitButton>
      </DialogFooter>
    </ActionForm>
  );
}

const OF_NOTHING = "An input and an output. You add what happens in between.";
const OF_FILE =
  "A workflow of this or another workspace. Its agents, documents and workflows are found here by their names.";

/** Sends the text of a file; `onName` is told what the workflow in it is called. */
function FileField({ onName }: { onName: (name: string) => void }) {
  const [text, setText] = useState("");

  async function read(file: File | undefined) {
    // One that is gone by now is as good as none.
    const content = (await file?.text().catch(() => "")) ?? "";
    setText(content);
    const name = nameInFile(content);
    if (name !== null) onName(name);
  }

  return (
    <FormField name="file" label="File" required hint="Made by “Save as file” in the menu of a workflow.">
      <Input
        type="file"
        name=""
        accept=".json,application/json"
        className="py-1.5"
        onChange={(event) => read(event.target.files?.[0])}
      />
      <input type="hidden" name="file" value={text} />
    </FormField>
  );
}

/** What the workflow of a file is called there, or null; whether it can be read is for the server to say. */
function nameInFile(text: string): string | null {
  try {
    const { name } = JSON.parse(text) ?? {};
    return typeof name === "string" ? name : null;
  } catch {
    return null;
  }
}
