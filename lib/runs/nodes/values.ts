import { AppError } from "@/lib/errors";
import { evaluateExpression } from "@/lib/workflows/condition";
import { renderTemplate, type TextProblem } from "@/lib/workflows/template";
import { cleanText } from "../clean";
import type { NodeValues } from "./runner";

function textProblem(values: NodeValues, label: string, problem: TextProblem): AppError {
  return new AppError("invalid", `“${values.nodeName}”, ${label}: ${problem.message}`, {
    reason: "template",
  });
}

/** Renders a template of a node, as text that can be stored: a filter may decode what cannot. @throws AppError `invalid`, naming node and field */
export function render(values: NodeValues, label: string, template: string): string {
  const result = renderTemplate(template, values.scope);
  if (!result.ok) throw textProblem(values, label, result.problem);
  return cleanText(result.text);
}

/** Computes an expression of a node. @throws AppError `invalid`, naming node and field */
export function evaluate(values: NodeValues, label: string, expression: string): unknown {
  const result = evaluateExpression(expression, values.scope);
  if (!result.ok) throw textProblem(values, label, result.problem);
  return result.value;
}

type ValueField = { readonly key: string; readonly mode: "template" | "expression"; readonly value: string };

/** One value, written as text or computed. @throws AppError `invalid`, naming node and field (its key) */
export function computeValue(values: NodeValues, { key, mode, value }: ValueField): unknown {
  return mode === "template" ? render(values, key, value) : evaluate(values, key, value);
}

/** The named values of a transform or output node. */
export function computeFields(values: NodeValues, fields: readonly ValueField[]): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [field.key, computeValue(values, field)]));
}
