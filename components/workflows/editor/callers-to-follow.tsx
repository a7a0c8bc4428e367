"use client";

import { useEffect, useState } from "react";
import { pagePerson } from "@/components/shared/page-person";
import { Alert } from "@/components/ui/alert";
import { Link } from "@/components/ui/link";
import type { CallerToFollow } from "@/lib/workflows/caller-queries";
import { rowsOf, textOf } from "@/lib/workflows/kind";
import { runInputFields } from "@/lib/workflows/run-input";
import { useEditor } from "./context";

/** Workflows that call this one and will not run with what it takes and gives once the draft is published. */
export function CallersToFollow() {
  const { state, workflow, actions } = useEditor();
  const [found, setFound] = useState<readonly CallerToFollow[]>([]);
  const outputs = state.graph.nodes
    .filter(({ kind }) => kind === "output")
    .flatMap(({ config }) => rowsOf(config, "fields").map((row) => textOf(row, "key")));
  const inputs = runInputFields(state.graph);
  const asked = JSON.stringify({ workflowId: workflow.id, inputs, outputs: [...new Set(outputs)] });
  const { callersToFollow } = actions;

  useEffect(() => {
    let isGone = false;
    callersToFollow(pagePerson(), JSON.parse(asked))
      .catch(() => null)
      .then((result) => {
        if (!isGone) setFound(result?.ok ? result.data : []);
      });
    return () => {
      isGone = true;
    };
  }, [asked, callersToFollow]);

  if (found.length === 0) return null;
  const [subject, them] =
    found.length === 1
      ? ["A workflow that calls this one does", "it"]
      : ["Some workflows that call this one do", "them"];
  return (
    <Alert tone="warning" title={`${subject} not go with what it takes or gives now`}>
      No run of {them} starts from then on, until you have changed and published {them} too:
      <ul className="scrollbar-thin max-h-40 list-disc overflow-y-auto pl-4">
        {found.map(({ id, name, problems }) => (
          <li key={id} className="wrap-anywhere">
            <Link href={`/app/workflows/${id}`} target="_blank" className="underline">
              {name}
            </Link>
            : {problems.join(" ")}
          </li>
        ))}
      </ul>
    </Alert>
  );
}
