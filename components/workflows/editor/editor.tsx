"use client";

import { ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { useCallback, useMemo, useReducer, useRef, useState } from "react";
import { toast } from "@/components/ui/toast";
import { checkGraph } from "@/lib/workflows/check";
import { Canvas } from "./canvas";
import { ConfigPanel } from "./config-panel";
import { ConflictBanner, KeptDraftBanner } from "./conflict-banner";
import { type Editor, EditorContext } from "./context";
import { autoLayout } from "./layout";
import { followOn, knownThings, placeFor } from "./placing";
import { PublishDialog } from "./publish-dialog";
import { RunBar } from "./run-bar";
import { RunDialog } from "./run-dialog";
import type { Command } from "./shortcuts";
import { ShortcutsDialog } from "./shortcuts-dialog";
import { SidePanel } from "./side-panel";
import { initialState, reduce } from "./state";
import { Toolbar } from "./toolbar";
import type { EditorActions, EditorResources, EditorWorkflow } from "./types";
import { useAutosave } from "./use-autosave";
import { useInView } from "./use-in-view";
import { useLiveRun } from "./use-live-run";
import { useMedia } from "./use-media";
import { useShortcuts } from "./use-shortcuts";

export type WorkflowEditorProps = {
  workflow: EditorWorkflow;
  resources: EditorResources;
  actions: EditorActions;
  /** False for people who may only look. */
  mayEdit: boolean;
};

/** The workflow editor: palette, canvas, settings, runs. On a small screen a view of the workflow and its outline. */
export function WorkflowEditor(props: WorkflowEditorProps) {
  return (
    <ReactFlowProvider>
      <EditorBody {...props} />
    </ReactFlowProvider>
  );
}

type Open = "none" | "run" | "publish" | "help" | "checklist";

function EditorBody({ workflow, resources, actions: given, mayEdit }: WorkflowEditorProps) {
  // The page may be rendered again with other functions that do the same: effects must not notice.
  const [actions] = useState(given);
  const [state, dispatch] = useReducer(reduce, workflow, ({ graph, revision }) =>
    initialState(graph, revision),
  );
  const [open, setOpen] = useState<Open>("none");
  const [executionId, setExecutionId] = useState<string | null>(null);
  const [published, setPublished] = useState({
    version: workflow.publishedVersion,
    graph: workflow.hasUnpublishedChanges ? null : workflow.graph,
  });
  const searchRef = useRef<HTMLInputElement>(null);
  const canvasRef = useRef<HTMLDivElement>(null);
  const flow = useReactFlow();
  const canEdit = useMedia("(min-width: 700px)") && mayEdit;
  const run = useLiveRun(executionId);
  const { save, hasKept, settleKept } = useAutosave(workflow.id, state, dispatch, actions, canEdit);
  const issues = useMemo(() => checkGraph(state.graph, knownThings(resources)), [state.graph, resources]);

  const goTo = useCallback(
    (nodeId: string) => {
      dispatch({ type: "select", nodes: [nodeId] });
      flow.fitView({ nodes: [{ id: nodeId }], duration: 250, maxZoom: 1 });
    },
    [flow],
  );

  async function saveOnPurpose() {
    const isWhole = !issues.some((issue) => issue.level === "structure");
    // The draft is kept first, so that a refusal loses nothing.
    const kept = await save(true);
    const result = kept.ok && !isWhole ? await save(false) : kept;
    if (result.ok) toast.success("Saved.");
    else if (result.error.reason !== "stale_revision")
      toast.error(result.error.message, { description: "Your draft is kept." });
  }

  function tidyUp() {
    dispatch({ type: "move", positions: autoLayout(state.graph) });
    requestAnimationFrame(() => flow.fitView({ duration: 250, padding: 0.1, maxZoom: 1 }));
  }

  function onCommand(command: Command) {
    if (command === "fit") return void flow.fitView({ duration: 250, padding: 0.1, maxZoom: 1 });
    if (command === "help") return setOpen("help");
    if (command === "clear") return dispatch({ type: "select", nodes: [] });
    if (command === "select_all") return dispatch({ type: "select_all" });
    if (!canEdit) return;
    if (command === "save") return void saveOnPurpose();
    if (command === "run") return setOpen(issues.length > 0 ? "checklist" : "run");
    if (command === "layout") return tidyUp();
    if (command === "search") return searchRef.current?.focus();
    dispatch({ type: command });
  }

  useShortcuts(state, dispatch, canEdit, onCommand);

  function add(kind: string) {
    const after = state.graph.nodes.find(
      (node) => state.selection.nodes.size === 1 && state.selection.nodes.has(node.id),
    );
    const box = canvasRef.current?.getBoundingClientRect();
    const middle = flow.screenToFlowPosition({
      x: (box?.x ?? 0) + (box?.width ?? 0) / 2,
      y: (box?.y ?? 0) + (box?.height ?? 0) / 2,
    });
    dispatch({ type: "add", kind, at: placeFor(after, middle), ...followOn(after) });
  }

  const editor: Editor = { workflow, state, dispatch, resources, actions, issues, run, canEdit, goTo };
  const chosen =
    state.selection.nodes.size === 1
      ? state.graph.nodes.find((node) => state.selection.nodes.has(node.id))
      : undefined;
  useInView(chosen, canvasRef);
  const close = (isOpen: boolean) => setOpen(isOpen ? open : "none");
  return (
    <EditorContext value={editor}>
      <div className="flex h-[calc(100dvh-3.5rem)] min-h-120 flex-col bg-background" data-full-bleed>
        <Toolbar
          onCommand={onCommand}
          onPublish={() => setOpen("publish")}
          published={{ version: published.version, hasChanges: published.graph !== state.graph }}
          checklistOpen={open === "checklist"}
          onChecklist={(isOpen) => setOpen(isOpen ? "checklist" : "none")}
        />
        <ConflictBanner />
        {hasKept ? <KeptDraftBanner onSettle={settleKept} /> : null}
        <div className="flex min-h-0 flex-1 flex-col min-[700px]:flex-row">
          <SidePanel canEdit={canEdit} onAdd={add} searchRef={searchRef} />
          <div ref={canvasRef} className="relative min-h-64 min-w-0 flex-1">
            <Canvas />
            {run ? (
              <RunBar run={run} total={state.graph.nodes.length} onClose={() => setExecutionId(null)} />
            ) : null}
          </div>
          {chosen ? (
            <aside className="max-h-[60dvh] w-full shrink-0 border-t bg-card min-[700px]:max-h-none min-[700px]:w-88 min-[700px]:border-t-0 min-[700px]:border-l">
              <ConfigPanel
                key={chosen.id}
                node={chosen}
                onClose={() => dispatch({ type: "select", nodes: [] })}
              />
            </aside>
          ) : null}
        </div>
      </div>
      <RunDialog
        open={open === "run"}
        onOpenChange={close}
        save={save}
        onStarted={(id) => {
          setOpen("none");
          setExecutionId(id);
        }}
      />
      <PublishDialog
        open={open === "publish"}
        onOpenChange={close}
        save={save}
        onPublished={(version) => setPublished({ version, graph: state.graph })}
      />
      <ShortcutsDialog open={open === "help"} onOpenChange={close} />
    </EditorContext>
  );
}
