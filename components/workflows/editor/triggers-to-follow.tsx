"use client";

import { useEffect, useState } from "react";
import { pagePerson } from "@/components/shared/page-person";
import { Alert } from "@/components/ui/alert";
import { Link } from "@/components/ui/link";
import type { TriggerToFollow } from "@/lib/triggers/queries";
import { runInputFields } from "@/lib/workflows/run-input";
import { useEditor } from "./context";

/** What starts the workflow by itself and will not go with its input once the draft is published. */
export function TriggersToFollow() {
  const { state, workflow, actions } = useEditor();
  const [found, setFound] = useState<readonly TriggerToFollow[]>([]);
  const asked = JSON.stringify({ workflowId: workflow.id, fields: runInputFields(state.graph) });
  const { toFollow } = actions;

  useEffect(() => {
    let isGone = false;
    toFollow(pagePerson(), JSON.parse(asked))
      .catch(() => null)
      .then((result) => {
        if (!isGone) setFound(result?.ok ? result.data : []);
      });
    return () => {
      isGone = true;
    };
  }, [asked, toFollow]);

  if (found.length === 0) return null;
  return (
    <Alert
      tone="warning"
      title={`${found.length === 1 ? "A trigger does" : "Some triggers do"} not go with the new input`}
    >
      Change {found.length === 1 ? "it" : "them"} as soon as this is published, or what sends to{" "}
      {found.length === 1 ? "it" : "them"}:
      <ul className="scrollbar-thin max-h-40 list-disc overflow-y-auto pl-4">
        {found.map(({ id, name, misfits }) => (
          <li key={id} className="wrap-anywhere">
            <Link href={`/app/workflows/${workflow.id}/triggers/${id}`} target="_blank" className="underline">
              {name}
            </Link>
            : {misfits.join(" ")}
          </li>
        ))}
      </ul>
    </Alert>
  );
}
