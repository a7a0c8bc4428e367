"use client";

import { useState } from "react";
import { Input } from "@/components/ui/input";
import { toast } from "@/components/ui/toast";
import { rowsOf, textOf } from "@/lib/workflows/kind";
import { useEditor } from "../context";
import { endsTyping } from "../shortcuts";
import { asText, type FieldProps } from "./field-props";

/**
 * The key of a row. It takes effect when the field is left: half a key would take away what is connected to a case
 * of that key, and two rows with one key could not be told apart.
 */
export function KeyControl({ nodeId, path, value, onChange, disabled }: Omit<FieldProps, "field">) {
  const { graph } = useEditor().state;
  const [typed, setTyped] = useState<string | null>(null);
  const key = asText(value);

  function commit() {
    setTyped(null);
    const next = typed?.trim() ?? key;
    if (next === key || next === "") return;
    if (otherKeys().has(next)) toast.warning(`“${next}” is the key of another row.`);
    else onChange(next);
  }

  function otherKeys(): ReadonlySet<string> {
    const [list = "", index = ""] = path.split(".");
    const rows = rowsOf(graph.nodes.find((node) => node.id === nodeId)?.config ?? {}, list);
    return new Set(rows.filter((_, at) => at !== Number(index)).map((row) => textOf(row, "key")));
  }

  return (
    <Input
      value={typed ?? key}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (endsTyping(event)) commit();
      }}
      disabled={disabled}
      className="font-mono text-[0.8125rem]"
      spellCheck={false}
      autoCapitalize="none"
    />
  );
}
