"use client";

import { PublishDialog } from "./publish-dialog";
import { RemoveDialog } from "./remove-dialog";
import { RunDialog } from "./run-dialog";
import { ShortcutsDialog } from "./shortcuts-dialog";
import type { Save } from "./use-autosave";
import type { Open } from "./use-commands";

/** What opens over the editor; one at a time. */
export function EditorDialogs({
  open,
  setOpen,
  hasVersion,
  save,
  onStarted,
  onPublished,
}: {
  open: Open;
  setOpen: (open: Open) => void;
  /** Whether something is published. */
  hasVersion: boolean;
  save: Save;
  onStarted: (executionId: string) => void;
  onPublished: (version: number) => void;
}) {
  const close = (isOpen: boolean) => setOpen(isOpen ? open : "none");
  return (
    <>
      <RunDialog
        open={open === "run"}
        onOpenChange={close}
        save={save}
        onStarted={(executionId) => {
          setOpen("none");
          onStarted(executionId);
        }}
      />
      <PublishDialog
        open={open === "publish"}
        onOpenChange={close}
        hasVersion={hasVersion}
        save={save}
        onPublished={onPublished}
      />
      <RemoveDialog open={open === "remove"} onOpenChange={close} />
      <ShortcutsDialog open={open === "help"} onOpenChange={close} />
    </>
  );
}
