"use client";

import { Braces } from "lucide-react";
import { useMemo, useRef } from "react";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { Textarea } from "@/components/ui/textarea";
import { cn } from "@/lib/cn";
import { checkExpression } from "@/lib/workflows/condition";
import { checkTemplate, type TextProblem } from "@/lib/workflows/template";
import { useEditor } from "../context";
import { insertAt, variablesFor } from "../variables";
import { asText, type FieldProps } from "./field-props";

type Props = Omit<FieldProps, "field"> & {
  language: "template" | "expression";
  rows: number;
  placeholder?: string | undefined;
};

/** A template or an expression: what is wrong is shown in its text, and earlier outputs are inserted from a menu. */
export function TextControl({ language, rows, placeholder, nodeId, value, onChange, disabled }: Props) {
  const ref = useRef<HTMLTextAreaElement>(null);
  const text = asText(value);
  const problem =
    text.trim() === "" ? null : language === "template" ? checkTemplate(text) : checkExpression(text);

  function insert(path: string) {
    const area = ref.current;
    const [start, end] = [area?.selectionStart ?? text.length, area?.selectionEnd ?? text.length];
    const inserted = insertAt(text, start, end, language === "template" ? `{{ ${path} }}` : path);
    onChange(inserted.text);
    // After the menu has given the focus back and React has written the text.
    requestAnimationFrame(() => {
      area?.focus();
      area?.setSelectionRange(inserted.caret, inserted.caret);
    });
  }

  return (
    <div className="relative">
      <Textarea
        ref={ref}
        rows={rows}
        value={text}
        onChange={(event) => onChange(event.target.value)}
        disabled={disabled}
        placeholder={
          placeholder ?? (language === "template" ? "Text with {{ names }}" : "input.text.size() > 0")
        }
        spellCheck={language === "template"}
        className={cn(
          "pr-10 font-mono text-[0.8125rem] leading-relaxed",
          rows > 5 ? "min-h-32" : rows > 3 ? "min-h-20" : "",
        )}
      />
      <VariableMenu nodeId={nodeId} disabled={disabled} onPick={insert} />
      {problem ? (
        <ProblemLine
          text={text}
          problem={problem}
          onJump={() => ref.current?.setSelectionRange(problem.start, problem.end)}
          area={ref}
        />
      ) : null}
    </div>
  );
}

function ProblemLine({
  text,
  problem,
  onJump,
  area,
}: {
  text: string;
  problem: TextProblem;
  onJump: () => void;
  area: React.RefObject<HTMLTextAreaElement | null>;
}) {
  const before = text.slice(0, problem.start).split("\n");
  const excerpt = text.slice(problem.start, Math.min(problem.end, problem.start + 40)) || "the end";
  return (
    <button
      type="button"
      onClick={() => {
        area.current?.focus();
        onJump();
      }}
      className="mt-1 w-full truncate rounded-sm text-left font-mono text-danger text-xs hover:underline"
    >
      Line {before.length}, column {(before.at(-1)?.length ?? 0) + 1}: {excerpt}
    </button>
  );
}

function VariableMenu({
  nodeId,
  disabled,
  onPick,
}: {
  nodeId: string;
  disabled: boolean;
  onPick: (path: string) => void;
}) {
  const { graph } = useEditor().state;
  const groups = useMemo(() => variablesFor(graph, nodeId), [graph, nodeId]);
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button
          variant="ghost"
          size="icon-sm"
          className="absolute top-1 right-1 size-7 text-muted-foreground"
          disabled={disabled}
          aria-label="Insert a value"
        >
          <Braces aria-hidden="true" />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent
        align="end"
        className="max-h-80 w-72"
        onCloseAutoFocus={(event) => event.preventDefault()}
      >
        {groups.length === 0 ? (
          <DropdownMenuLabel>Connect this node first: it can use what comes before it.</DropdownMenuLabel>
        ) : null}
        {groups.map((group) => (
          <div key={group.nodeId}>
            <DropdownMenuLabel>{group.name}</DropdownMenuLabel>
            {group.variables.map((variable) => (
              <DropdownMenuItem key={variable.path} onSelect={() => onPick(variable.path)}>
                <span className="min-w-0">
                  <span className="block truncate font-mono text-xs">{variable.path}</span>
                  <span className="block truncate text-muted-foreground text-xs">{variable.label}</span>
                </span>
                <span className="ml-auto text-muted-foreground text-xs">{variable.type}</span>
              </DropdownMenuItem>
            ))}
          </div>
        ))}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
