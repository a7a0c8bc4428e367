"use client";

import type { Ref } from "react";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { useEditor } from "./context";
import { Outline } from "./outline";
import { Palette } from "./palette";
import { chosenEdge } from "./state";

export type PanelTab = "add" | "outline";

/** Nodes to add and the outline; only the outline where nothing can be changed. */
export function SidePanel({
  canEdit,
  onAdd,
  searchRef,
  tab,
  onTab,
}: {
  canEdit: boolean;
  onAdd: (kind: string) => void;
  searchRef: Ref<HTMLInputElement>;
  tab: PanelTab;
  onTab: (tab: PanelTab) => void;
}) {
  const { state } = useEditor();
  if (!canEdit) {
    return (
      <aside className="order-last max-h-[45dvh] shrink-0 overflow-y-auto border-t bg-sidebar min-[700px]:order-first min-[700px]:max-h-none min-[700px]:w-64 min-[700px]:border-t-0 min-[700px]:border-r">
        <Outline />
      </aside>
    );
  }
  const nameOf = (nodeId: string) => state.graph.nodes.find(({ id }) => id === nodeId)?.name ?? nodeId;
  const edge = chosenEdge(state);
  const between = edge ? `“${nameOf(edge.source)}” and “${nameOf(edge.target)}”` : null;
  const hasInput = state.graph.nodes.some((node) => node.kind === "input");
  return (
    <aside className="w-56 shrink-0 border-r bg-sidebar" aria-label="Nodes">
      <Tabs
        value={tab}
        onValueChange={(value) => onTab(value === "outline" ? "outline" : "add")}
        className="flex h-full min-h-0 flex-col gap-0"
      >
        <TabsList className="mx-3 mt-2">
          <TabsTrigger value="add">Add</TabsTrigger>
          <TabsTrigger value="outline">Outline</TabsTrigger>
        </TabsList>
        <TabsContent value="add" className="min-h-0 flex-1">
          <Palette onAdd={onAdd} hasInput={hasInput} between={between} searchRef={searchRef} />
        </TabsContent>
        <TabsContent value="outline" className="min-h-0 flex-1">
          <Outline />
        </TabsContent>
      </Tabs>
    </aside>
  );
}
