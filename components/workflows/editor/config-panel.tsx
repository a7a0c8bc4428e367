"use client";

import { Copy, Trash2, TriangleAlert, X } from "lucide-react";
import { FormField } from "@/components/shared/form-field";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { type GraphNode, nodeSchema } from "@/lib/workflows/graph";
import { findKind } from "@/lib/workflows/nodes";
import { withField } from "./configuring";
import { Connections } from "./connections";
import { useEditor } from "./context";
import { FieldControl } from "./fields/field-control";
import { NodeIcon } from "./node-icon";
import { PlaceFields } from "./place-fields";
import { PolicyPanel } from "./policy-panel";
import { StepView } from "./step-view";
import { TestPanel } from "./test-panel";

/** Everything about the chosen node: its settings, its connections and, with a run, what it did. */
export function ConfigPanel({ node, onClose }: { node: GraphNode; onClose: () => void }) {
  const { dispatch, canEdit } = useEditor();
  const kind = findKind(node.kind);
  const hasTests = kind !== null && !kind.isAnnotation && node.kind !== "input";

  return (
    <section aria-label={`Settings of ${node.name}`} className="flex h-full min-h-0 flex-col">
      <header className="flex items-center gap-2.5 border-b px-4 py-3">
        <NodeIcon kind={node.kind} />
        <div className="min-w-0 flex-1">
          <h2 className="truncate font-semibold text-sm leading-5">{node.name}</h2>
          <p className="truncate text-muted-foreground text-xs">
            {kind?.label ?? node.kind} ·{" "}
            <code className="font-mono">{node.kind === "input" ? "input" : node.id}</code>
          </p>
        </div>
        {canEdit ? <NodeButtons node={node} /> : null}
        <Button variant="ghost" size="icon-sm" onClick={onClose} aria-label="Close the panel">
          <X aria-hidden="true" />
        </Button>
      </header>
      {/* Leaving a field ends its step of the history. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it only listens to focus leaving the fields inside */}
      <div className="flex min-h-0 flex-1 flex-col" onBlur={() => dispatch({ type: "end_edit" })}>
        <Tabs defaultValue="settings" className="min-h-0 flex-1 gap-0">
          {hasTests || kind?.hasPolicy ? (
            <TabsList className="shrink-0 px-2">
              <TabsTrigger value="settings">Settings</TabsTrigger>
              {kind?.hasPolicy ? (
                <TabsTrigger value="policy">
                  If it fails
                  {node.policy ? <Mark text="set here" /> : null}
                </TabsTrigger>
              ) : null}
              {hasTests ? (
                <TabsTrigger value="test">
                  Test
                  {node.pin ? <Mark text="output pinned" /> : null}
                </TabsTrigger>
              ) : null}
            </TabsList>
          ) : null}
          <TabsContent value="settings" className={PAGE}>
            <Settings node={node} />
          </TabsContent>
          <TabsContent value="policy" className={PAGE}>
            <PolicyPanel node={node} />
          </TabsContent>
          <TabsContent value="test" className={PAGE}>
            <TestPanel node={node} />
          </TabsContent>
        </Tabs>
      </div>
    </section>
  );
}

const PAGE = "scrollbar-thin grid min-h-0 flex-1 content-start gap-5 overflow-y-auto p-4";

/** A dot on a tab that holds something. */
function Mark({ text }: { text: string }) {
  return (
    <>
      <span className="size-1.5 rounded-full bg-brand" aria-hidden="true" />
      <span className="sr-only">, {text}</span>
    </>
  );
}

function Settings({ node }: { node: GraphNode }) {
  const { dispatch, canEdit, run } = useEditor();
  const kind = findKind(node.kind);

  return (
    <>
      {run ? <StepView key={`${run.executionId}:${node.id}`} node={node} run={run} /> : null}
      <NodeProblems node={node} />
      <p className="text-muted-foreground text-sm">{kind?.description}</p>
      <FormField name="name" label="Name" error={problemOf(node.name)} required>
        <Input
          value={node.name}
          disabled={!canEdit}
          onChange={(event) => dispatch({ type: "rename", nodeId: node.id, name: event.target.value })}
        />
      </FormField>
      {kind?.form.map((field) => (
        <FieldControl
          key={`${node.id}:${field.name}`}
          field={field}
          nodeId={node.id}
          path={field.name}
          config={node.config}
          onChange={(value) =>
            dispatch({
              type: "configure",
              nodeId: node.id,
              field: field.name,
              config: withField(node, field.name, value),
            })
          }
          disabled={!canEdit}
        />
      ))}
      <PlaceFields node={node} />
      {kind?.isAnnotation ? null : <Connections node={node} />}
    </>
  );
}

/** What is wrong with the node as a whole and with where it is; what is wrong with a setting stands beside it. */
function NodeProblems({ node }: { node: GraphNode }) {
  const { issues } = useEditor();
  const own = issues.filter(({ nodeId, field }) => nodeId === node.id && (!field || field === "parent"));
  if (own.length === 0) return null;
  return (
    <ul className="grid gap-2" aria-label="Problems of this node">
      {own.map(({ code, message }) => (
        <li key={`${code}:${message}`} className="flex items-start gap-2 text-sm text-warning leading-snug">
          <TriangleAlert className="mt-0.5 size-3.5 shrink-0" aria-hidden="true" />
          <span className="wrap-anywhere min-w-0">{message}</span>
        </li>
      ))}
    </ul>
  );
}

/** What keeps a name from being saved; empty when nothing does. */
function problemOf(name: string): string {
  return nodeSchema.shape.name.safeParse(name).error?.issues[0]?.message ?? "";
}

function NodeButtons({ node }: { node: GraphNode }) {
  const { dispatch, remove } = useEditor();
  return (
    <>
      {node.kind === "input" ? null : (
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label={`Duplicate ${node.name}`}
          onClick={() => {
            dispatch({ type: "select", nodes: [node.id] });
            dispatch({ type: "duplicate" });
          }}
        >
          <Copy aria-hidden="true" />
        </Button>
      )}
      <Button
        variant="ghost"
        size="icon-sm"
        aria-label={`Delete ${node.name}`}
        onClick={() => remove([node.id])}
      >
        <Trash2 aria-hidden="true" />
      </Button>
    </>
  );
}
