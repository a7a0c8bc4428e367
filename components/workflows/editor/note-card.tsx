"use client";

import type { NodeProps } from "@xyflow/react";
import { memo } from "react";
import { cn } from "@/lib/cn";
import { textOf } from "@/lib/workflows/kind";
import type { CardNode } from "./card-data";
import { useEditor } from "./context";
import { ResizeCorner } from "./frame-card";

const COLORS: Readonly<Record<string, string>> = {
  yellow: "note-yellow",
  blue: "note-blue",
  green: "note-green",
  pink: "note-pink",
  gray: "note-gray",
};

const MIN_SIZE = { width: 120, height: 100 };

/** A sticky note: text for people, in one of five colours. */
export const NoteCard = memo(function NoteCard({ data, selected }: NodeProps<CardNode>) {
  const { node, width, height } = data;
  const { canEdit } = useEditor();
  const text = textOf(node.config, "text");
  const color = COLORS[textOf(node.config, "color")] ?? "note-yellow";
  return (
    <div
      style={{ width, height }}
      className={cn(
        "workflow-note relative overflow-hidden rounded-lg border p-3 text-sm leading-relaxed shadow-xs",
        color,
        selected && "outline-2 outline-ring outline-offset-2",
      )}
    >
      {text === "" ? (
        <p className="opacity-80">An empty note. Write in the panel.</p>
      ) : (
        <p className="whitespace-pre-wrap break-words">{text}</p>
      )}
      {selected && canEdit ? <ResizeCorner min={MIN_SIZE} /> : null}
    </div>
  );
});
