"use client";

import { useState } from "react";
import { useLate } from "@/components/shared/use-late";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { useEditor } from "./context";
import type { Choice, SetAside } from "./set-aside";
import { type Asides, useChoice } from "./use-asides";

/** Comparing drafts is rarely needed: its code is fetched when it is asked for first. */
const loadComparison = () => import("./conflict-dialog");

/** Two people saved: both drafts can be looked at, one is gone on with, and the other is not lost. */
export function ConflictBanner({ asides }: { asides: Asides }) {
  const { state } = useEditor();
  const [open, setOpen] = useState(false);
  const choose = useChoice(asides, state.graph);
  const comparison = useLate(loadComparison, open, () => {
    setOpen(false);
    toast.error("The comparison could not be loaded. Try again.");
  });
  const isConflict = state.save.status === "conflict";
  return (
    <>
      {state.save.status === "conflict" ? (
        <Alert
          tone="warning"
          title={state.save.message}
          className="m-3 mb-0"
          action={
            <Button size="sm" onClick={() => setOpen(true)}>
              Compare and decide
            </Button>
          }
        >
          Nothing is saved until you decide which draft to go on with.
        </Alert>
      ) : null}
      {isConflict && comparison ? (
        <comparison.ConflictDialog
          open={open}
          onOpenChange={setOpen}
          onSetAside={asides.add}
          onTake={choose}
        />
      ) : null}
      {isConflict ? null : <AsideBanner asides={asides} onTake={choose} />}
    </>
  );
}

const TITLES: Readonly<Record<SetAside["origin"], string>> = {
  mine: "Your draft was put aside and is kept in this browser.",
  theirs: "Their draft was put aside and is kept in this browser.",
  unsaved: "This browser kept changes that were never saved, and somebody has saved since.",
};

/** The newest draft that was not gone on with, until it is brought back or forgotten. */
function AsideBanner({ asides, onTake }: { asides: Asides; onTake: (choice: Choice) => void }) {
  const { state, dispatch, canEdit } = useEditor();
  const [aside, ...older] = asides.list;
  if (!canEdit || !aside) return null;
  return (
    <Alert
      tone={aside.origin === "unsaved" ? "warning" : "info"}
      title={TITLES[aside.origin]}
      className="m-3 mb-0"
      action={
        <div className="flex flex-wrap gap-2">
          <Button size="sm" variant="outline" onClick={() => asides.forget(aside)}>
            Forget it
          </Button>
          <Button
            size="sm"
            onClick={() => {
              const origin = aside.origin === "theirs" ? "mine" : "theirs";
              onTake({ chosen: aside, other: { graph: state.graph, origin } });
              dispatch({ type: "replace", graph: aside.graph });
            }}
          >
            Bring it back
          </Button>
        </div>
      }
    >
      Bringing it back replaces what you see, which is put aside in its place.
      {older.length > 0 ? ` Put aside before it: ${older.length} more.` : ""}
    </Alert>
  );
}
