"use client";

import { useEffect, useRef, useState } from "react";
import { pagePerson } from "@/components/shared/page-person";
import { type CallableWorkflow, type CalledVersions, otherVersion } from "@/lib/workflows/called";
import type { Graph } from "@/lib/workflows/graph";
import { textOf } from "@/lib/workflows/kind";
import type { EditorActions } from "./types";

/** Reads what the versions take and give that nodes call instead of the published ones, each once. */
export function useCalledVersions(
  graph: Graph,
  workflows: readonly CallableWorkflow[],
  read: EditorActions["calledVersion"],
): CalledVersions {
  const [known, setKnown] = useState<CalledVersions>(new Map());
  const asked = useRef(new Set<string>());
  useEffect(() => {
    for (const { config } of graph.nodes.filter(({ kind }) => kind === "workflow")) {
      const workflow = workflows.find(({ id }) => id === textOf(config, "workflowId"));
      const versionId = workflow ? otherVersion(workflow, config) : null;
      if (!workflow || versionId === null || asked.current.has(versionId)) continue;
      asked.current.add(versionId);
      read(pagePerson(), { workflowId: workflow.id, versionId })
        .catch(() => null)
        .then((result) => {
          if (result?.ok) setKnown((before) => new Map(before).set(versionId, result.data));
          // Asked again with the next change.
          else asked.current.delete(versionId);
        });
    }
  }, [graph, workflows, read]);
  return known;
}
