"use client";

import { ChevronsRight, Copy, PinOff, Play, Trash2 } from "lucide-react";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { useEditor } from "./context";
import { isNote } from "./frames";
import { whyNotAlone } from "./test-panel";

/** A node that was asked for its menu, and where on the screen. */
export type MenuPlace = { readonly nodeId: string; readonly x: number; readonly y: number };

/** What can be done with a node, where it was clicked with the other button. */
export function NodeMenu({ place, onClose }: { place: MenuPlace; onClose: () => void }) {
  const { state, dispatch, remove, runNode } = useEditor();
  const node = state.graph.nodes.find(({ id }) => id === place.nodeId);
  if (!node) return null;
  const mayRun = !isNote(node) && whyNotAlone(node, undefined) === null;
  return (
    <DropdownMenu open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <DropdownMenuTrigger asChild>
        <span
          aria-hidden="true"
          tabIndex={-1}
          className="pointer-events-none fixed size-0"
          style={{ left: place.x, top: place.y }}
        />
      </DropdownMenuTrigger>
      <DropdownMenuContent align="start" sideOffset={2} aria-label={`Actions for ${node.name}`}>
        {mayRun ? (
          <>
            {node.pin ? null : (
              <DropdownMenuItem onSelect={() => runNode(node.id, "node")}>
                <Play aria-hidden="true" />
                Run this node
              </DropdownMenuItem>
            )}
            <DropdownMenuItem onSelect={() => runNode(node.id, "from")}>
              <ChevronsRight aria-hidden="true" />
              Run from here
            </DropdownMenuItem>
          </>
        ) : null}
        {node.pin ? (
          <DropdownMenuItem onSelect={() => dispatch({ type: "set_pin", nodeId: node.id, pin: null })}>
            <PinOff aria-hidden="true" />
            Unpin its output
          </DropdownMenuItem>
        ) : null}
        {mayRun || node.pin ? <DropdownMenuSeparator /> : null}
        {node.kind === "input" ? null : (
          <DropdownMenuItem
            onSelect={() => {
              dispatch({ type: "select", nodes: [node.id] });
              dispatch({ type: "duplicate" });
            }}
          >
            <Copy aria-hidden="true" />
            Duplicate
          </DropdownMenuItem>
        )}
        <DropdownMenuItem variant="destructive" onSelect={() => remove([node.id])}>
          <Trash2 aria-hidden="true" />
          Delete
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
