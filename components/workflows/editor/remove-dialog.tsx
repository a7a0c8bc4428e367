"use client";

import { ConfirmDialog } from "@/components/shared/confirm-dialog";
import { useEditor } from "./context";
import { withBodies } from "./frames";

const LISTED = 8;

/** Asks before containers are deleted, because what is in them goes as well. */
export function RemoveDialog({
  open,
  onOpenChange,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const { state, dispatch } = useEditor();
  const { graph, selection } = state;
  const gone = withBodies(graph, selection.nodes);
  const inside = graph.nodes.filter(({ id }) => gone.has(id) && !selection.nodes.has(id));
  const [first, ...others] = graph.nodes.filter(({ id }) => selection.nodes.has(id));
  const what = others.length === 0 ? `“${first?.name ?? ""}”` : `${selection.nodes.size} nodes`;
  const names = inside.slice(0, LISTED).map(({ name }) => name);
  const rest = inside.length - names.length;
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      confirmation={{
        title: `Delete ${what} and what is inside?`,
        description: "Undo brings everything back.",
        losses: rest > 0 ? [...names, `and ${rest} more`] : names,
        confirmLabel: "Delete",
        destructive: true,
      }}
      pending={false}
      onConfirm={() => {
        dispatch({ type: "remove" });
        onOpenChange(false);
      }}
    />
  );
}
