"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import type { Graph } from "@/lib/workflows/graph";
import { isSameGraph } from "./draft-backup";
import { type Choice, forgetAside, leftBy, listAsides, type SetAside, setAside } from "./set-aside";

export type Asides = {
  /** Newest first. */
  readonly list: readonly SetAside[];
  /** Gives false where the browser cannot keep it: then it is there as long as the page is. */
  readonly add: (aside: SetAside) => boolean;
  readonly forget: (aside: Pick<SetAside, "graph">) => void;
};

/** The drafts of a workflow that were put aside. */
export function useAsides(workflowId: string): Asides {
  const [list, setList] = useState<readonly SetAside[]>([]);
  useEffect(() => setList(listAsides(workflowId)), [workflowId]);

  const add = useCallback(
    (aside: SetAside) => {
      const isKept = setAside(workflowId, aside);
      setList((before) => (isKept ? listAsides(workflowId) : [aside, ...before]));
      return isKept;
    },
    [workflowId],
  );

  const forget = useCallback(
    (aside: Pick<SetAside, "graph">) => {
      forgetAside(workflowId, aside);
      setList((before) => before.filter(({ graph }) => !isSameGraph(graph, aside.graph)));
    },
    [workflowId],
  );

  return { list, add, forget };
}

/** Notes that one of two drafts is gone on with: while the last of these is, or is again after undo, the other is put aside. */
export function useChoice({ add, forget }: Asides, graph: Graph): (choice: Choice) => void {
  const last = useRef<Choice | null>(null);
  useEffect(() => {
    const left = last.current && leftBy(last.current, graph);
    if (!left) return;
    forget({ graph });
    add(left);
  }, [graph, add, forget]);
  return (choice) => {
    last.current = choice;
  };
}
