"use client";

import { useCallback, useEffect, useState } from "react";
import { forgetAside, listAsides, type SetAside, setAside } from "./set-aside";

export type Asides = {
  /** Newest first. */
  readonly list: readonly SetAside[];
  /** Gives false where the browser cannot keep it: then it is there as long as the page is. */
  readonly add: (aside: SetAside) => boolean;
  readonly forget: (aside: SetAside) => void;
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
    (aside: SetAside) => {
      forgetAside(workflowId, aside);
      setList((before) => before.filter((one) => one !== aside));
    },
    [workflowId],
  );

  return { list, add, forget };
}
