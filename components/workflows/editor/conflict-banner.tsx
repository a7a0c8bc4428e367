"use client";

import dynamic from "next/dynamic";
import { useEffect, useState } from "react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { useEditor } from "./context";
import { findAside, forgetAside, type SetAside } from "./set-aside";

/** Comparing drafts is rarely needed: its code is fetched with the first conflict. */
const ConflictDialog = dynamic(() => import("./conflict-dialog").then((module) => module.ConflictDialog));

/** Two people saved: both drafts can be looked at, one is gone on with, and the other is not lost. */
export function ConflictBanner() {
  const { state, workflow } = useEditor();
  const [open, setOpen] = useState(false);
  const [aside, setAside] = useState<SetAside | null>(null);
  const isConflict = state.save.status === "conflict";
  useEffect(() => setAside(findAside(workflow.id)), [workflow.id]);
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
      {isConflict ? <ConflictDialog open={open} onOpenChange={setOpen} onSetAside={setAside} /> : null}
      {aside && !isConflict ? (
        <AsideBanner
          aside={aside}
          onSettled={() => {
            forgetAside(workflow.id);
            setAside(null);
          }}
        />
      ) : null}
    </>
  );
}

/** The draft that was not gone on with, until it is brought back or forgotten. */
function AsideBanner({ aside, onSettled }: { aside: SetAside; onSettled: () => void }) {
  const { dispatch, canEdit } = useEditor();
  if (!canEdit) return null;
  return (
    <Alert
      tone="info"
      title={
        aside.whose === "mine"
          ? "Your draft was put aside and is kept in this browser."
          : "Their draft was put aside and is kept in this browser."
      }
      className="m-3 mb-0"
      action={
        <div className="flex flex-wrap gap-2">
          <Button size="sm" variant="outline" onClick={onSettled}>
            Forget it
          </Button>
          <Button
            size="sm"
            onClick={() => {
              dispatch({ type: "replace", graph: aside.graph });
              onSettled();
            }}
          >
            Bring it back
          </Button>
        </div>
      }
    >
      Bringing it back replaces what you see; undo returns to it.
    </Alert>
  );
}

/** Unsaved changes found in the browser that were made before somebody else saved. */
export function KeptDraftBanner({ onSettle }: { onSettle: (bringBack: boolean) => void }) {
  return (
    <Alert
      tone="warning"
      title="This browser kept changes that were never saved, and somebody has saved since."
      className="m-3 mb-0"
      action={
        <div className="flex flex-wrap gap-2">
          <Button size="sm" variant="outline" onClick={() => onSettle(false)}>
            Forget them
          </Button>
          <Button size="sm" onClick={() => onSettle(true)}>
            Bring them back
          </Button>
        </div>
      }
    >
      Bringing them back replaces what you see; undo returns to it.
    </Alert>
  );
}
