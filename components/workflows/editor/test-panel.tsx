"use client";

import { ChevronsRight, Pin, PinOff, Play } from "lucide-react";
import { useState } from "react";
import { pagePerson } from "@/components/shared/page-person";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import type { GraphNode } from "@/lib/workflows/graph";
import { isRecord } from "@/lib/workflows/kind";
import { useEditor } from "./context";
import { emptyOutput } from "./empty-output";
import { JsonControl } from "./fields/json-control";
import { jsonText, parseJsonObject } from "./json-text";
import type { RunScope } from "./types";

/** Trying a node out: running it alone or from here on, and the output it gives in tests instead of running. */
export function TestPanel({ node }: { node: GraphNode }) {
  return (
    <>
      <RunPart node={node} />
      <PinPart node={node} />
    </>
  );
}

/** Why a node cannot be run by itself, or null. */
export function whyNotAlone(node: GraphNode, containerName: string | undefined): string | null {
  if (node.kind === "input") return "Run the workflow: it starts here.";
  if (node.parent === undefined) return null;
  return `It runs once for each item or round of “${containerName ?? node.parent}”. Run that instead.`;
}

function RunPart({ node }: { node: GraphNode }) {
  const { state, canEdit, runNode } = useEditor();
  const [pending, setPending] = useState<RunScope | null>(null);
  const whyNot = whyNotAlone(node, state.graph.nodes.find(({ id }) => id === node.parent)?.name);
  const isPinned = node.pin !== undefined;

  async function run(scope: RunScope) {
    setPending(scope);
    await runNode(node.id, scope);
    setPending(null);
  }

  return (
    <section className="grid gap-2.5" aria-label="Run a part">
      <h3 className="font-medium text-sm">Run a part</h3>
      <p className="text-[0.8125rem] text-muted-foreground leading-5">
        {whyNot ??
          (isPinned ? "Its output is pinned: it gives that instead of running. Unpin it to run it. " : "") +
            "Runs the draft as it is now. What comes before gives its pinned output, or the one of the run shown or of an earlier one, and is not billed again."}
      </p>
      {whyNot === null ? (
        <div className="flex flex-wrap gap-2">
          <Button
            size="sm"
            variant="outline"
            loading={pending === "node"}
            disabled={!canEdit || isPinned}
            onClick={() => run("node")}
          >
            {pending === "node" ? null : <Play aria-hidden="true" />}
            Run this node
          </Button>
          <Button
            size="sm"
            variant="outline"
            loading={pending === "from"}
            disabled={!canEdit}
            onClick={() => run("from")}
          >
            {pending === "from" ? null : <ChevronsRight aria-hidden="true" />}
            Run from here
          </Button>
        </div>
      ) : null}
    </section>
  );
}

function PinPart({ node }: { node: GraphNode }) {
  const { dispatch, canEdit, run, called } = useEditor();
  const { pin } = node;
  const isDone = run?.steps.get(node.id)?.status === "completed";
  return (
    <section className="grid gap-2.5 border-t pt-4" aria-label="Pinned output">
      <h3 className="flex items-center gap-1.5 font-medium text-sm">
        {pin ? <Pin className="size-3.5 text-brand" aria-hidden="true" /> : null}
        Pinned output
      </h3>
      <p className="text-[0.8125rem] text-muted-foreground leading-5">
        In tests of the draft the node gives this instead of running, and costs nothing. Published runs always
        run it.
      </p>
      {pin ? <JsonControl node={node} field="pin" label="Pinned output" disabled={!canEdit} /> : null}
      <div className="flex flex-wrap gap-2">
        {isDone ? <PinFromRun node={node} executionId={run.executionId} /> : null}
        {pin ? (
          <Button
            size="sm"
            variant="outline"
            disabled={!canEdit}
            onClick={() => dispatch({ type: "set_pin", nodeId: node.id, pin: null })}
          >
            <PinOff aria-hidden="true" />
            Unpin
          </Button>
        ) : (
          <Button
            size="sm"
            variant="outline"
            disabled={!canEdit}
            onClick={() => dispatch({ type: "set_pin", nodeId: node.id, pin: emptyOutput(node, called) })}
          >
            <Pin aria-hidden="true" />
            Write an output
          </Button>
        )}
      </div>
    </section>
  );
}

function PinFromRun({ node, executionId }: { node: GraphNode; executionId: string }) {
  const { actions, dispatch, canEdit } = useEditor();
  const [pending, setPending] = useState(false);

  async function pinIt() {
    setPending(true);
    const result = await actions.step(pagePerson(), { executionId, nodeId: node.id }).catch(() => null);
    setPending(false);
    const output = result?.ok ? result.data?.output : null;
    const read = isRecord(output) ? parseJsonObject(jsonText(output)) : null;
    if (read?.ok) dispatch({ type: "set_pin", nodeId: node.id, pin: read.value });
    else
      toast.error(result && !result.ok ? result.error.message : "The output could not be read. Try again.");
  }

  return (
    <Button size="sm" variant="outline" loading={pending} disabled={!canEdit} onClick={pinIt}>
      {pending ? null : <Pin aria-hidden="true" />}
      Pin what it gave in this run
    </Button>
  );
}
