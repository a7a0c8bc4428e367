"use client";

import { useState } from "react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { useEditor } from "./context";

/** Two people saved: theirs or mine, and neither is lost. */
export function ConflictBanner() {
  const { state, workflow, actions, dispatch } = useEditor();
  const [pending, setPending] = useState(false);
  if (state.save.status !== "conflict") return null;

  async function resolve(choice: "take_theirs" | "keep_mine") {
    setPending(true);
    const result = await actions.load(null, { workflowId: workflow.id }).catch(() => null);
    setPending(false);
    if (!result?.ok) {
      toast.error(result?.error.message ?? "The server could not be reached. Try again.");
    } else if (choice === "take_theirs") {
      dispatch({ type: "take_theirs", graph: result.data.graph, revision: result.data.revision });
      toast.info("Their version is loaded.", { description: "Undo brings yours back." });
    } else {
      dispatch({ type: "keep_mine", revision: result.data.revision });
    }
  }

  return (
    <Alert
      tone="warning"
      title={state.save.message}
      className="m-3 mb-0"
      action={
        <div className="flex flex-wrap gap-2">
          <Button size="sm" variant="outline" disabled={pending} onClick={() => resolve("take_theirs")}>
            Load theirs
          </Button>
          <Button size="sm" disabled={pending} onClick={() => resolve("keep_mine")}>
            Save mine over it
          </Button>
        </div>
      }
    />
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
