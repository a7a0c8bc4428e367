"use client";

import { useCallback, useMemo, useRef } from "react";
import { completionsFor } from "@/lib/workflows/completions";
import { checkExpression } from "@/lib/workflows/condition";
import type { BodyView } from "@/lib/workflows/kind";
import { checkTemplate, type TextProblem } from "@/lib/workflows/template";
import { CodeField, type CodeFieldHandle } from "../code/code-field";
import { useEditor } from "../context";
import { variablesFor } from "../variables";
import { asText, type FieldProps } from "./field-props";
import { ProblemLine } from "./problem-line";
import { VariableMenu } from "./variable-menu";

type Props = Omit<FieldProps, "field"> & {
  language: "template" | "expression";
  /** What an expression has to give. */
  result?: "any" | "boolean";
  /** What it sees of the body of its container. */
  sees?: BodyView | null;
  rows: number;
  placeholder?: string | undefined;
};

/** A template or an expression: completed as it is written, what is wrong is shown in its text. */
export function TextControl(props: Props) {
  const {
    language,
    result = "any",
    sees = null,
    rows,
    placeholder,
    nodeId,
    value,
    onChange,
    disabled,
  } = props;
  const { state, called } = useEditor();
  const ref = useRef<CodeFieldHandle>(null);
  const text = asText(value);
  const groups = useMemo(
    () => variablesFor(state.graph, nodeId, sees, called),
    [state.graph, nodeId, sees, called],
  );
  const words = useMemo(
    () => completionsFor(state.graph, nodeId, language, { sees, called }),
    [state.graph, nodeId, language, sees, called],
  );
  const problemsOf = useCallback(
    (written: string) => {
      const problem = problemOf(written, language, result);
      return problem ? [problem] : [];
    },
    [language, result],
  );
  const problem = problemOf(text, language, result);
  return (
    <div className="relative">
      <CodeField
        key={language}
        ref={ref}
        language={language}
        value={text}
        onChange={onChange}
        rows={rows}
        placeholder={
          placeholder ?? (language === "template" ? "Text with {{ names }}" : "input.text.size() > 0")
        }
        disabled={disabled}
        words={words}
        problems={problemsOf}
      />
      <VariableMenu
        groups={groups}
        language={language}
        disabled={disabled}
        onPick={(path) => ref.current?.insert(language === "template" ? `{{ ${path} }}` : path)}
      />
      {problem ? (
        <ProblemLine
          text={text}
          problem={problem}
          onJump={() => ref.current?.select(problem.start, problem.end)}
        />
      ) : null}
    </div>
  );
}

function problemOf(text: string, language: Props["language"], result: "any" | "boolean"): TextProblem | null {
  if (text.trim() === "") return null;
  return language === "template" ? checkTemplate(text) : checkExpression(text, result);
}
