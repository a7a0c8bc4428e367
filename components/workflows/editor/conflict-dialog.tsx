"use client";

import { useEffect, useMemo, useState } from "react";
import { FormError } from "@/components/shared/form-error";
import { pagePerson } from "@/components/shared/page-person";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import type { PublicError } from "@/lib/errors";
import { diffGraphs } from "@/lib/workflows/diff";
import type { Graph } from "@/lib/workflows/graph";
import { VersionDiff } from "../version-diff";
import { useEditor } from "./context";
import type { Choice, SetAside } from "./set-aside";
import type { EditorResources } from "./types";

type Theirs = { readonly graph: Graph; readonly revision: number };

/** What my draft would change of the one somebody else saved, and which of the two to go on with. */
export function ConflictDialog({
  open,
  onOpenChange,
  onSetAside,
  onTake,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onSetAside: (aside: SetAside) => void;
  onTake: (choice: Choice) => void;
}) {
  const { state, workflow, actions, dispatch, resources } = useEditor();
  const [theirs, setTheirs] = useState<Theirs | null>(null);
  const [error, setError] = useState<PublicError | null>(null);

  useEffect(() => {
    if (!open) return;
    let isCurrent = true;
    setTheirs(null);
    setError(null);
    actions
      .load(pagePerson(), { workflowId: workflow.id })
      .catch(() => null)
      .then((result) => {
        if (!isCurrent) return;
        if (result?.ok) setTheirs(result.data);
        else setError(result?.error ?? UNREACHABLE);
      });
    return () => {
      isCurrent = false;
    };
  }, [open, actions, workflow.id]);

  const names = useMemo(() => namesIn(resources), [resources]);
  const diff = useMemo(
    () => (theirs ? diffGraphs(theirs.graph, state.graph, names) : null),
    [theirs, state.graph, names],
  );

  function decide(choice: "theirs" | "mine", { graph, revision }: Theirs) {
    const mine: SetAside = { graph: state.graph, origin: "mine" };
    const other: SetAside = { graph, origin: "theirs" };
    if (choice === "theirs") {
      if (!diff?.isSame) onTake({ chosen: other, other: mine });
      dispatch({ type: "take_theirs", graph, revision });
      toast.info("Their draft is loaded.", { description: "Undo brings yours back." });
    } else {
      if (!diff?.isSame) onSetAside(other);
      dispatch({ type: "keep_mine", graph, revision });
    }
    onOpenChange(false);
  }

  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent className="flex max-h-[85dvh] flex-col sm:max-w-2xl">
        <DialogHeader>
          <DialogTitle>Two drafts of {workflow.name}</DialogTitle>
          <DialogDescription>
            Somebody saved this workflow while you changed it. This is what your draft would change of theirs.
          </DialogDescription>
        </DialogHeader>
        <FormError error={error} />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached with the keyboard */}
        <section className="scrollbar-thin min-h-24 overflow-y-auto" aria-label="Differences" tabIndex={0}>
          {diff ? <VersionDiff diff={diff} /> : error ? null : <Skeleton className="h-24" />}
        </section>
        <p className="text-muted-foreground text-sm">
          The other draft is put aside in this browser, from where it can be brought back.
        </p>
        <DialogFooter>
          <Button variant="ghost" onClick={() => onOpenChange(false)}>
            Cancel
          </Button>
          <Button variant="outline" disabled={!theirs} onClick={() => theirs && decide("theirs", theirs)}>
            Take theirs
          </Button>
          <Button disabled={!theirs} onClick={() => theirs && decide("mine", theirs)}>
            Save mine over it
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}

const UNREACHABLE: PublicError = {
  code: "upstream",
  message: "Their draft could not be loaded. Close this and try again.",
};

/** What the ids in settings are called. */
function namesIn(resources: EditorResources): Readonly<Record<string, string>> {
  return Object.fromEntries([
    ...resources.agents.map(({ id, name }) => [id, name]),
    ...resources.models.map(({ modelKey, modelName }) => [modelKey, modelName]),
    ...resources.documents.map(({ id, filename }) => [id, filename]),
    ...resources.workflows.map(({ id, name }) => [id, name]),
    ...resources.workflows.flatMap(({ versions }) =>
      versions.map(({ id, version }) => [id, `Version ${version}`]),
    ),
    ...resources.people.map(({ id, fullName }) => [id, fullName]),
  ]);
}
