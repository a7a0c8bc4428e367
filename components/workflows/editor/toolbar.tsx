"use client";

import {
  ChevronLeft,
  CircleHelp,
  History,
  LayoutDashboard,
  type LucideIcon,
  Play,
  Redo2,
  Save,
  Undo2,
  Zap,
} from "lucide-react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { Hint } from "@/components/ui/tooltip";
import { cn } from "@/lib/cn";
import { Checklist } from "./checklist";
import { useEditor } from "./context";
import type { Command } from "./shortcuts";
import { isDirty } from "./state";
import type { EditorState } from "./state-types";

export type PublishedState = { version: number | null; hasChanges: boolean };

/** The bar over the canvas: where one is, whether it is saved, and what can be done. */
export function Toolbar({
  onCommand,
  onPublish,
  mayRun,
  published,
  checklistOpen,
  onChecklist,
}: {
  onCommand: (command: Command) => void;
  onPublish: () => void;
  /** Also where there is no room to edit. */
  mayRun: boolean;
  published: PublishedState;
  checklistOpen: boolean;
  onChecklist: (open: boolean) => void;
}) {
  const { workflow, state, canEdit, issues } = useEditor();
  return (
    <header className="flex min-h-14 flex-wrap items-center gap-x-3 gap-y-1 border-b bg-card px-4 py-2">
      <div className="flex min-w-0 flex-1 basis-48 flex-wrap items-center gap-x-2.5 gap-y-1">
        <div className="-ml-2 flex min-w-0 max-w-full items-center gap-1">
          <Button asChild variant="ghost" size="icon-sm">
            <Link href="/app/workflows" aria-label="All workflows">
              <ChevronLeft aria-hidden="true" />
            </Link>
          </Button>
          <h1 className="truncate font-semibold text-base leading-6" title={workflow.name}>
            {workflow.name}
          </h1>
        </div>
        <PublishedBadge published={published} />
        <SaveNote state={state} canEdit={canEdit} />
      </div>
      {canEdit ? (
        <div className="flex items-center">
          <Tool
            icon={Undo2}
            label="Undo"
            keys="Ctrl Z"
            disabled={state.past.length === 0}
            onClick={() => onCommand("undo")}
          />
          <Tool
            icon={Redo2}
            label="Redo"
            keys="Ctrl Shift Z"
            disabled={state.future.length === 0}
            onClick={() => onCommand("redo")}
          />
          <Tool icon={LayoutDashboard} label="Tidy up" keys="L" onClick={() => onCommand("layout")} />
          <Tool icon={Save} label="Save" keys="Ctrl S" onClick={() => onCommand("save")} />
          <Tool icon={CircleHelp} label="Keyboard shortcuts" keys="?" onClick={() => onCommand("help")} />
        </div>
      ) : null}
      <div className="flex flex-wrap items-center gap-2">
        <Checklist open={checklistOpen} onOpenChange={onChecklist} />
        <Button asChild variant="ghost" size="sm">
          <Link href={`/app/workflows/${workflow.id}/versions`}>
            <History className="hidden min-[430px]:block" aria-hidden="true" />
            Versions
          </Link>
        </Button>
        <Button asChild variant="ghost" size="sm">
          <Link href={`/app/workflows/${workflow.id}/triggers`}>
            <Zap className="hidden min-[430px]:block" aria-hidden="true" />
            Triggers
          </Link>
        </Button>
        {canEdit ? (
          <Button
            variant="outline"
            size="sm"
            onClick={() => (issues.length > 0 ? onChecklist(true) : onPublish())}
          >
            Publish
          </Button>
        ) : null}
        {mayRun ? (
          <Button variant="brand" size="sm" onClick={() => onCommand("run")}>
            <Play aria-hidden="true" />
            Run
          </Button>
        ) : null}
      </div>
    </header>
  );
}

function Tool({
  icon: Icon,
  label,
  keys,
  disabled = false,
  onClick,
}: {
  icon: LucideIcon;
  label: string;
  keys: string;
  disabled?: boolean;
  onClick: () => void;
}) {
  return (
    <Hint text={`${label} (${keys})`}>
      <Button variant="ghost" size="icon-sm" aria-label={label} disabled={disabled} onClick={onClick}>
        <Icon aria-hidden="true" />
      </Button>
    </Hint>
  );
}

function PublishedBadge({ published }: { published: PublishedState }) {
  if (published.version === null) return <Badge tone="neutral">Draft</Badge>;
  return (
    <Badge tone={published.hasChanges ? "warning" : "success"}>
      {published.hasChanges ? `Version ${published.version} + changes` : `Version ${published.version}`}
    </Badge>
  );
}

function SaveNote({ state, canEdit }: { state: EditorState; canEdit: boolean }) {
  if (!canEdit) return <span className="text-muted-foreground text-xs">View only</span>;
  const { save } = state;
  // What was refused is no more once it was undone as far as what is saved.
  const status = save.status === "failed" && !isDirty(state) ? "idle" : save.status;
  const isFailed = status === "failed" || status === "conflict";
  const text = {
    saving: "Saving…",
    failed: save.status === "failed" ? `Not saved. ${save.message}` : "",
    conflict: "Not saved: a newer version exists",
    idle: isDirty(state) ? "Unsaved changes" : "Saved",
  }[status];
  return (
    <span
      // As wide saved as unsaved: else the bar would get another line, and lose it, as one types.
      className={cn("wrap-anywhere min-w-26 text-xs", isFailed ? "text-danger" : "text-muted-foreground")}
      aria-live="polite"
    >
      {text}
    </span>
  );
}
