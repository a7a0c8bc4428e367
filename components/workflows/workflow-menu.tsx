"use client";

import { CirclePause, CirclePlay, Copy, Download, History, PencilLine, Trash2 } from "lucide-react";
import { useRef, useState } from "react";
import { useAction } from "@/components/shared/action-button";
import { ConfirmDialog } from "@/components/shared/confirm-dialog";
import { useKeptFocus } from "@/components/shared/keep-focus";
import { MoreMenu } from "@/components/shared/more-menu";
import { DropdownMenuItem, DropdownMenuSeparator } from "@/components/ui/dropdown-menu";
import { Link } from "@/components/ui/link";
import type { PublicError } from "@/lib/errors";
import type { ServerAction } from "@/lib/result";
import { listed } from "./listed";
import { RenameDialog } from "./rename-dialog";

export type WorkflowMenuActions = {
  duplicateAction: ServerAction<{ id: string }>;
  renameAction: ServerAction<{ id: string }>;
  setActiveAction: ServerAction<{ id: string }>;
  deleteAction: ServerAction<{ id: string }>;
  /** The workflows that call it. */
  callersAction: ServerAction<readonly { name: string }[]>;
};

type MenuWorkflow = { id: string; name: string; description: string; isActive: boolean; hasRuns: boolean };

/**
 * What else can be done with a workflow. Deleting asks first, and deactivating where others would fail by it: everything
 * else is undone by the same menu.
 */
export function WorkflowMenu({
  workflow,
  canDelete,
  duplicateAction,
  renameAction,
  setActiveAction,
  deleteAction,
  callersAction,
}: { workflow: MenuWorkflow; canDelete: boolean } & WorkflowMenuActions) {
  const button = useRef<HTMLButtonElement>(null);
  const keepFocus = useKeptFocus();
  const [open, setOpen] = useState<"none" | "rename" | "deactivate" | "delete">("none");
  const [callers, setCallers] = useState<readonly string[]>([]);
  const [refusal, setRefusal] = useState<PublicError | null>(null);
  const { id: workflowId, name, isActive } = workflow;
  const duplicate = useAction(duplicateAction, { successMessage: `${name} was copied` });
  const setActive = useAction(setActiveAction, {
    successMessage: isActive ? `${name} is inactive and cannot be run` : `${name} is active`,
    onSuccess: close,
    ...(open === "deactivate" ? { onError: setRefusal } : {}),
  });
  const change = () => setActive.run({ workflowId, isActive: !isActive });
  const look = useAction(callersAction, {
    onSuccess: (found) => {
      if (found.length === 0) return change();
      setCallers(found.map((caller) => caller.name));
      ask("deactivate");
    },
  });
  const pending = duplicate.pending || look.pending || setActive.pending;
  const Icon = isActive ? CirclePause : CirclePlay;

  function close() {
    setRefusal(null);
    setOpen("none");
  }

  function ask(what: "deactivate" | "delete") {
    if (button.current) keepFocus(button.current);
    setOpen(what);
  }

  return (
    <>
      <MoreMenu ref={button} name={name} pending={pending}>
        <DropdownMenuItem onSelect={() => setOpen("rename")}>
          <PencilLine aria-hidden="true" />
          Rename
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={() => duplicate.run({ workflowId })}>
          <Copy aria-hidden="true" />
          Duplicate
        </DropdownMenuItem>
        <DropdownMenuItem asChild>
          <a href={`/app/workflows/${workflowId}/file`} download>
            <Download aria-hidden="true" />
            Save as file
          </a>
        </DropdownMenuItem>
        <DropdownMenuItem asChild>
          <Link href={`/app/workflows/${workflowId}/versions`}>
            <History aria-hidden="true" />
            Versions
          </Link>
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={() => (isActive ? look.run({ workflowId }) : change())}>
          <Icon aria-hidden="true" />
          {isActive ? "Deactivate" : "Activate"}
        </DropdownMenuItem>
        {canDelete && !workflow.hasRuns ? (
          <>
            <DropdownMenuSeparator />
            <DropdownMenuItem variant="destructive" onSelect={() => ask("delete")}>
              <Trash2 aria-hidden="true" />
              Delete
            </DropdownMenuItem>
          </>
        ) : null}
      </MoreMenu>
      <RenameDialog
        open={open === "rename"}
        onOpenChange={(isOpen) => setOpen(isOpen ? "rename" : "none")}
        workflow={workflow}
        action={renameAction}
      />
      <ConfirmDialog
        open={open === "deactivate"}
        onOpenChange={close}
        confirmation={{
          title: `Deactivate ${name}?`,
          description: `It is called by ${listed(callers)}. Until it is active again, what calls it fails, also in runs under way.`,
          confirmLabel: "Deactivate",
        }}
        pending={setActive.pending}
        error={refusal}
        onConfirm={change}
      />
      <DeleteDialog open={open === "delete"} onClose={close} workflow={workflow} action={deleteAction} />
    </>
  );
}

function DeleteDialog({
  open,
  onClose,
  workflow,
  action,
}: {
  open: boolean;
  onClose: () => void;
  workflow: MenuWorkflow;
  action: ServerAction<{ id: string }>;
}) {
  const [error, setError] = useState<PublicError | null>(null);
  const remove = useAction(action, {
    successMessage: `${workflow.name} was deleted`,
    onSuccess: onClose,
    onError: setError,
  });
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={(isOpen) => {
        if (isOpen) return;
        setError(null);
        onClose();
      }}
      confirmation={{
        title: `Delete ${workflow.name}?`,
        description: "It has never run, so no run or bill needs it. This cannot be undone.",
        losses: [
          "The draft",
          "All of its versions",
          "Its webhooks, schedules and forms, whose addresses end",
        ],
        confirmLabel: "Delete workflow",
        destructive: true,
      }}
      pending={remove.pending}
      error={error}
      onConfirm={() => remove.run({ workflowId: workflow.id })}
    />
  );
}
