"use client";

import { GitCompare } from "lucide-react";
import { useRef, useState } from "react";
import { FormError } from "@/components/shared/form-error";
import { FormField } from "@/components/shared/form-field";
import { FormStateContext, unplacedErrors } from "@/components/shared/form-state";
import { pagePerson } from "@/components/shared/page-person";
import { sayRefusal } from "@/components/shared/say-refusal";
import { isSeen } from "@/components/shared/seen";
import { UNREACHABLE } from "@/components/shared/unreachable";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import { Link } from "@/components/ui/link";
import { toast } from "@/components/ui/toast";
import type { PublicError } from "@/lib/errors";
import { CallersToFollow } from "./callers-to-follow";
import { useEditor } from "./context";
import { openWays } from "./open-ways";
import { TriggersToFollow } from "./triggers-to-follow";
import type { Save } from "./use-autosave";
import { useRefusal } from "./use-refusal";

const isNote = (name: string) => name === "note";

/** Freezes the draft as the version that the API, schedules and "Run" on the list use. */
export function PublishDialog({
  open,
  onOpenChange,
  hasVersion,
  save,
  onPublished,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Whether there is a published version to compare with. */
  hasVersion: boolean;
  save: Save;
  onPublished: (version: number) => void;
}) {
  const { workflow, actions } = useEditor();
  const [note, setNote] = useState("");
  const [error, setError] = useState<PublicError | null>(null);
  const [pending, setPending] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const tell = useRefusal(() => onOpenChange(false));

  async function publish(): Promise<PublicError | null> {
    const saved = await save(true);
    if (!saved.ok) return tell(saved.error);
    const result = await actions
      .publish(pagePerson(), { workflowId: workflow.id, revision: saved.revision, note })
      .catch(() => null);
    if (!result) return UNREACHABLE;
    if (!result.ok) return tell(result.error);
    toast.success(`Version ${result.data.version} is published.`);
    onPublished(result.data.version);
    onOpenChange(false);
    setNote("");
    return null;
  }

  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent>
        <FormStateContext value={{ pending, error, unplaced: unplacedErrors(error?.fields, isNote) }}>
          <form
            ref={form}
            className="grid gap-4"
            onSubmit={async (event) => {
              event.preventDefault();
              setPending(true);
              const refusal = await publish();
              // The dialog may have been closed meanwhile: it is told beside it, once.
              if (refusal && !isSeen(form.current)) sayRefusal(refusal);
              setError(isSeen(form.current) ? refusal : null);
              setPending(false);
            }}
          >
            <DialogHeader>
              <DialogTitle>Publish {workflow.name}</DialogTitle>
              <DialogDescription>
                The draft becomes a version that never changes, and the one that runs from now on. Runs under
                way finish on theirs.
              </DialogDescription>
            </DialogHeader>
            {hasVersion ? (
              <Button asChild variant="outline" size="sm" className="w-fit">
                <Link href={`/app/workflows/${workflow.id}/versions`} target="_blank">
                  <GitCompare aria-hidden="true" />
                  See what changes
                </Link>
              </Button>
            ) : null}
            <OpenWays />
            <TriggersToFollow />
            <CallersToFollow />
            <FormError />
            <FormField name="note" label="What changed">
              <Input value={note} onChange={(event) => setNote(event.target.value)} />
            </FormField>
            <DialogFooter>
              <Button type="submit" loading={pending}>
                Publish
              </Button>
            </DialogFooter>
          </form>
        </FormStateContext>
      </DialogContent>
    </Dialog>
  );
}

/** What may be meant so, and is a surprise where it is not. */
function OpenWays() {
  const { state } = useEditor();
  const ways = openWays(state.graph);
  if (ways.length === 0) return null;
  return (
    <Alert tone="warning" title={ways.length === 1 ? "A way leads nowhere" : "Some ways lead nowhere"}>
      A run that takes {ways.length === 1 ? "it" : "one of them"} ends there:
      <ul className="scrollbar-thin max-h-40 list-disc overflow-y-auto pl-4">
        {ways.map(({ nodeId, port, node, label }) => (
          <li key={`${nodeId}:${port}`} className="wrap-anywhere">
            “{node}” at “{label}”
          </li>
        ))}
      </ul>
    </Alert>
  );
}
