"use client";

import { useState } from "react";
import { FormField } from "@/components/shared/form-field";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import type { GraphNode } from "@/lib/workflows/graph";
import { useEditor } from "./context";
import { fitsInside, isFrame, isNote, sizesOf, withBodies } from "./frames";

/** Where a node is and how large it is drawn: what dragging does, for the keyboard. */
export function PlaceFields({ node }: { node: GraphNode }) {
  const { state, dispatch, canEdit } = useEditor();
  const { graph } = state;
  const own = withBodies(graph, new Set([node.id]));
  const frames = graph.nodes.filter((other) => isFrame(other) && !own.has(other.id));
  const hasPlace = fitsInside(node) && (frames.length > 0 || node.parent !== undefined);
  return (
    <>
      {hasPlace ? (
        <FormField
          name="parent"
          label="Inside of"
          required
          {...(isNote(node) ? {} : { hint: "Inside of a container it runs once for each item or round." })}
        >
          <NativeSelect
            value={node.parent ?? ""}
            disabled={!canEdit}
            onChange={(event) =>
              dispatch({ type: "put_inside", nodeId: node.id, parent: event.target.value || null })
            }
          >
            <option value="">The workflow itself</option>
            {frames.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </NativeSelect>
        </FormField>
      ) : null}
      {isFrame(node) || isNote(node) ? <SizeFields node={node} /> : null}
    </>
  );
}

function SizeFields({ node }: { node: GraphNode }) {
  const { state, dispatch } = useEditor();
  const size = sizesOf(state.graph).get(node.id) ?? { width: 0, height: 0 };
  return (
    <div className="grid grid-cols-2 gap-3">
      {(["width", "height"] as const).map((side) => (
        <FormField key={side} name={side} label={side === "width" ? "Width" : "Height"} required>
          <Length
            key={node.id}
            length={Math.round(size[side])}
            onChange={(length) =>
              dispatch({ type: "resize", nodeId: node.id, size: { ...size, [side]: length } })
            }
          />
        </FormField>
      ))}
    </div>
  );
}

/** What is typed stays until the field is left; only what is in bounds is taken, which half a number is not. */
function Length({ length, onChange }: { length: number; onChange: (length: number) => void }) {
  const { canEdit } = useEditor();
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <Input
      type="number"
      min={100}
      max={20_000}
      step={20}
      value={typed ?? length}
      disabled={!canEdit}
      onBlur={() => setTyped(null)}
      onChange={(event) => {
        const { value } = event.target;
        setTyped(value);
        if (Number(value) >= 100 && Number(value) <= 20_000) onChange(Number(value));
      }}
    />
  );
}
