"use client";

import { ReactFlowProvider } from "@xyflow/react";
import { useDeferredValue, useEffect, useMemo, useReducer, useRef, useState } from "react";
import { toast } from "@/components/ui/toast";
import { checkGraph } from "@/lib/workflows/check";
import { parseGraph } from "@/lib/workflows/graph";
import { ConflictBanner } from "./conflict-banner";
import { type Editor, EditorContext } from "./context";
import { EditorDialogs } from "./editor-dialogs";
import { knownThings } from "./placing";
import { type PanelTab, SidePanel } from "./side-panel";
import { initialState, reduce } from "./state";
import { Toolbar } from "./toolbar";
import { unreadIssues } from "./typed-fields";
import type { EditorActions, EditorResources, EditorWorkflow } from "./types";
import { useAsides } from "./use-asides";
import { useAutosave } from "./use-autosave";
import { useCalledVersions } from "./use-called-versions";
import { type Open, useCommands } from "./use-commands";
import { useInView } from "./use-in-view";
import { useMedia } from "./use-media";
import { useNeighbourFocus } from "./use-neighbour-focus";
import { useRunNode } from "./use-run-node";
import { useShortcuts } from "./use-shortcuts";
import { useShownRun } from "./use-shown-run";
import { Workbench } from "./workbench";

export type WorkflowEditorProps = {
  workflow: EditorWorkflow;
  resources: EditorResources;
  actions: EditorActions;
  /** False for people who may only look. */
  mayEdit: boolean;
  /** A run to show on the canvas. */
  runId: string | null;
  /** Whether another was asked for, which this workflow does not have. */
  hasNoSuchRun: boolean;
};

/** The workflow editor: palette, canvas, settings, runs. On a small screen a view of the workflow and its outline. */
export function WorkflowEditor(props: WorkflowEditorProps) {
  return (
    <ReactFlowProvider>
      <EditorBody {...props} />
    </ReactFlowProvider>
  );
}

function EditorBody(props: WorkflowEditorProps) {
  const { workflow, resources, actions: given, mayEdit } = props;
  // The page may be rendered again with other functions that do the same: effects must not notice.
  const [actions] = useState(given);
  const [state, dispatch] = useReducer(reduce, workflow, startFrom);
  const [open, setOpen] = useState<Open>("none");
  const [tab, setTab] = useState<PanelTab>("add");
  const [published, setPublished] = useState({
    version: workflow.publishedVersion,
    graph: workflow.hasUnpublishedChanges ? null : workflow.graph,
  });
  const searchRef = useRef<HTMLInputElement>(null);
  const canvas = useRef<HTMLDivElement>(null);
  const canEdit = useMedia("(min-width: 700px)") && mayEdit;
  const { run, show } = useShownRun(props);
  const asides = useAsides(workflow.id);
  const save = useAutosave(workflow.id, state, dispatch, actions, canEdit, asides.add);
  const checkedGraph = useDeferredValue(state.graph);
  const versions = useCalledVersions(state.graph, resources.workflows, actions.calledVersion);
  const known = useMemo(() => knownThings(resources, versions), [resources, versions]);
  const { typed } = state;
  const issues = useMemo(() => {
    const read = parseGraph(checkedGraph);
    return [
      // What would not even be kept as a draft.
      ...(read.ok ? [] : read.issues),
      ...checkGraph(checkedGraph, known),
      ...unreadIssues({ graph: checkedGraph, typed }),
    ];
  }, [checkedGraph, typed, known]);

  const { notice } = state;
  useEffect(() => {
    if (notice) toast.info(notice.text, { description: "Undo brings back what was." });
  }, [notice]);

  function focusSearch() {
    setTab("add");
    requestAnimationFrame(() => searchRef.current?.focus());
  }

  const { onCommand, add, goTo, addInside, addBetween, remove } = useCommands({
    workflowId: workflow.id,
    load: actions.load,
    state,
    dispatch,
    resources,
    issues,
    canEdit,
    mayRun: mayEdit,
    save,
    setOpen,
    focusSearch,
    canvas,
  });
  const runNode = useRunNode({ workflowId: workflow.id, actions, dispatch, save, run, show });
  useShortcuts(state, dispatch, canEdit, onCommand);
  const { nodes } = state.selection;
  const chosen = nodes.size === 1 ? state.graph.nodes.find((node) => nodes.has(node.id)) : undefined;
  useInView(state.graph, chosen, canvas);
  useNeighbourFocus(state.graph, canvas);
  const editor: Editor = {
    workflow,
    state,
    dispatch,
    resources,
    called: known.called,
    actions,
    issues,
    run,
    canEdit,
    goTo,
    addInside,
    addBetween,
    remove,
    runNode,
  };
  return (
    <EditorContext value={editor}>
      <div className="flex h-[calc(100dvh-3.5rem)] min-h-120 flex-col bg-background" data-full-bleed>
        <Toolbar
          onCommand={onCommand}
          onPublish={() => setOpen("publish")}
          mayRun={mayEdit}
          published={{ version: published.version, hasChanges: published.graph !== state.graph }}
          checklistOpen={open === "checklist"}
          onChecklist={(isOpen) => setOpen(isOpen ? "checklist" : "none")}
        />
        {mayEdit ? (
          <p className="border-b bg-muted/60 px-4 py-2 text-muted-foreground text-sm min-[700px]:hidden">
            To change or publish this workflow, open it in a wider window, such as on a computer. Here you can
            look at each node, run it, and see its versions and triggers.
          </p>
        ) : null}
        <ConflictBanner asides={asides} />
        <Workbench chosen={chosen} canvas={canvas} onCloseRun={() => show(null)}>
          <SidePanel canEdit={canEdit} onAdd={add} searchRef={searchRef} tab={tab} onTab={setTab} />
        </Workbench>
      </div>
      <EditorDialogs
        open={open}
        setOpen={setOpen}
        hasVersion={published.version !== null}
        save={save}
        onStarted={show}
        onPublished={(version) => setPublished({ version, graph: state.graph })}
      />
    </EditorContext>
  );
}

function startFrom({ graph, revision }: EditorWorkflow) {
  return initialState(graph, revision);
}
