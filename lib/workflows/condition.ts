import { type ASTNode, Environment, EvaluationError, type ParseResult } from "@marcbachmann/cel-js";
import { childrenOf, type Guarded, guard, LOOPS, refuse } from "./cel-guard";
import { isType } from "./expression-names";
import { isOfAbsent, plainProblem } from "./expression-problems";
import { checkBrief, checkMoment } from "./expression-times";
import { toJson } from "./expression-value";
import { isNoNumber, NO_NUMBER } from "./no-number";
import type { ValueScope } from "./scope";
import { isSearchable, SOUGHT_TOO_LONG } from "./search-bound";
import type { Reference, TextProblem } from "./template";

/**
 * Conditions and computed values are CEL (Common Expression Language): typed, without side effects or
 * recursion, the same language the engine's event filters use, and known from Kubernetes and Google's APIs.
 * It is not JavaScript, so there is no prototype or global to reach. Texts are Liquid (`template.ts`).
 *
 * On top of the library: allowed functions only, a budget of loop steps and of memory, a deadline, bounds for what is
 * looked for in a text and read as a duration, no day that no calendar has, and no number that JSON cannot hold (CEL's
 * doubles divide by zero), all of which end in a normal problem with a position.
 */
export const MAX_EXPRESSION_CHARS = 2_000;
export const MAX_STEPS = 50_000;
export const MAX_GROWTH = 5_000_000;
export const DEADLINE_MS = 250;
const UNKNOWN_ZONE = 'A time zone is called like "Europe/Berlin".';

type Failure = { ok: false; problem: TextProblem; isAbsent?: boolean };
export type ExpressionResult = { ok: true; value: unknown } | Failure;

class BudgetError extends Error {}

/**
 * Spent by what `guard` adds during the one evaluation under way; evaluation is synchronous. The error is kept because
 * CEL's `all` and `exists` may swallow one that is thrown.
 */
const budget = startBudget();

function startBudget() {
  return {
    steps: MAX_STEPS,
    growth: MAX_GROWTH,
    deadline: performance.now() + DEADLINE_MS,
    /** How long the one of the two texts of a search is that has come, by the search. */
    searches: new Map<bigint, number>(),
    error: null as BudgetError | null,
  };
}

function stop(message: string): never {
  budget.error ??= new BudgetError(message);
  throw budget.error;
}

function spendRange<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null) {
    budget.steps -= Array.isArray(value) ? value.length : Object.keys(value).length;
  }
  if (budget.steps < 0) stop("The expression takes too many steps.");
  return value;
}

function spendStep<Value>(value: Value): Value {
  if (budget.error) throw budget.error;
  if (performance.now() > budget.deadline) stop("The expression takes too long.");
  return value;
}

/** What is searched and what is looked for come one after the other, in the order of the library. */
function checkSearch<Value>(value: Value, search: bigint): Value {
  const chars = typeof value === "string" ? value.length : 0;
  const other = budget.searches.get(search);
  if (other === undefined) {
    budget.searches.set(search, chars);
    return spendStep(value);
  }
  budget.searches.delete(search);
  if (!isSearchable(other, chars)) stop(SOUGHT_TOO_LONG);
  return value;
}

function checkMade<Value>(value: Value): Value {
  // Not kept as a spent budget is: `a == 0 || b / a > 2` is true when the first part holds.
  if (isNoNumber(value)) throw new EvaluationError(NO_NUMBER);
  if (typeof value === "string" || Array.isArray(value)) budget.growth -= value.length;
  if (budget.growth < 0) stop("The expression makes too much data.");
  return value;
}

const environment = createEnvironment();

function createEnvironment(): Environment {
  const created = new Environment({
    // Names are checked against the graph, where the message can name the node; here they are all allowed.
    unlistedVariablesAreDyn: true,
    homogeneousAggregateLiterals: false,
    limits: { maxAstNodes: 300, maxDepth: 24, maxListElements: 200, maxMapEntries: 100, maxCallArguments: 8 },
  });
  // JSON numbers are doubles and people write whole numbers: `input.count + 1` has to work.
  const arithmetic: Readonly<Record<string, (left: number, right: number) => number>> = {
    "+": (left, right) => left + right,
    "-": (left, right) => left - right,
    "*": (left, right) => left * right,
    "/": (left, right) => left / right,
    "%": (left, right) => left % right,
  };
  for (const [operator, apply] of Object.entries(arithmetic)) {
    const mixed = (left: unknown, right: unknown) => apply(Number(left), Number(right));
    for (const types of [
      `int ${operator} double`,
      `double ${operator} int`,
      ...(operator === "%" ? ["double % double"] : []),
    ]) {
      created.registerOperator(types, mixed);
    }
  }
  created.registerFunction("__range(dyn): dyn", spendRange, { async: false });
  created.registerFunction("__step(dyn): dyn", spendStep, { async: false });
  created.registerFunction("__made(dyn): dyn", checkMade, { async: false });
  created.registerFunction("__search(dyn, int): dyn", checkSearch, { async: false });
  created.registerFunction("__brief(dyn): dyn", checkBrief, { async: false });
  created.registerFunction("__moment(dyn): dyn", checkMoment, { async: false });
  return created;
}

/** Computes an expression. Never throws; the value is JSON. `isAbsent`: a field or item is not there. */
export function evaluateExpression(expression: string, scope: ValueScope): ExpressionResult {
  const parsed = parse(expression);
  if (!parsed.ok) return parsed;
  const guarded = guard(parsed.program.ast);
  Object.assign(budget, startBudget());
  try {
    const value: unknown = environment.evaluate(guarded.text, new Map(Object.entries(scope)));
    if (budget.error) throw budget.error;
    return { ok: true, value: toJson(value) };
  } catch (error) {
    return { ok: false, problem: runtimeProblem(expression, guarded, error), isAbsent: isOfAbsent(error) };
  }
}

/** What is wrong with an expression before it runs, or null. With `boolean`, whether it can give true or false. */
export function checkExpression(expression: string, result: "any" | "boolean" = "any"): TextProblem | null {
  const parsed = parse(expression);
  if (!parsed.ok) return parsed.problem;
  const checked = parsed.program.check();
  if (!checked.valid) return toProblem(expression, checked.error);
  if (result === "boolean" && checked.type !== "bool" && checked.type !== "dyn") {
    return {
      message: `This gives ${article(checked.type)}, not true or false.`,
      start: 0,
      end: expression.length,
    };
  }
  return null;
}

/** The variables an expression takes from outside itself; empty when it does not parse. */
export function expressionReferences(expression: string): readonly Reference[] {
  const parsed = parse(expression);
  return parsed.ok ? collect(parsed.program.ast, new Set()) : [];
}

type Rule = { readonly expression: string };
type RuleProblem = { ok: false; rule: number; problem: TextProblem };

export type ConditionResult = { ok: true; port: "true" | "false"; rule: number | null } | RuleProblem;

/**
 * Decides a condition node: the port, and the rule that decided, by its place; null when it took all of them. A rule that
 * cannot be evaluated, or is not true or false, is a problem, not "false".
 */
export function decideCondition(
  config: { readonly match: "all" | "any"; readonly rules: readonly Rule[] },
  scope: ValueScope,
): ConditionResult {
  const stopAt = config.match === "any";
  const found = firstGiving(config.rules, stopAt, scope);
  if (!found.ok) return found;
  return { ok: true, port: (found.rule === null) === stopAt ? "false" : "true", rule: found.rule };
}

/** The first case of a switch that holds, by its place; null when none does. */
export function decideCase(
  cases: readonly Rule[],
  scope: ValueScope,
): { ok: true; rule: number | null } | RuleProblem {
  return firstGiving(cases, true, scope);
}

function firstGiving(
  rules: readonly Rule[],
  wanted: boolean,
  scope: ValueScope,
): { ok: true; rule: number | null } | RuleProblem {
  for (const [index, { expression }] of rules.entries()) {
    const result = evaluateExpression(expression, scope);
    if (!result.ok) return { ok: false, rule: index, problem: result.problem };
    if (typeof result.value !== "boolean") {
      const problem = { message: "The rule gave no true or false.", start: 0, end: expression.length };
      return { ok: false, rule: index, problem };
    }
    if (result.value === wanted) return { ok: true, rule: index };
  }
  return { ok: true, rule: null };
}

type Parsed = { ok: true; program: ParseResult } | { ok: false; problem: TextProblem };

function parse(expression: string): Parsed {
  if (expression.length > MAX_EXPRESSION_CHARS) {
    return {
      ok: false,
      problem: { message: "An expression has at most 2,000 characters.", start: 0, end: expression.length },
    };
  }
  try {
    const program = environment.parse(expression);
    const refusal = refuse(program.ast);
    return refusal ? { ok: false, problem: refusal } : { ok: true, program };
  } catch (error) {
    return { ok: false, problem: toProblem(expression, error) };
  }
}

function collect(node: ASTNode, bound: ReadonlySet<string>): readonly Reference[] {
  if (node.op === "rcall" && LOOPS.has(node.args[0])) {
    const [, receiver, [variable, ...bodies]] = node.args;
    const inner = new Set(bound);
    if (variable?.op === "id") inner.add(variable.args);
    return [...collect(receiver, bound), ...bodies.flatMap((body) => collect(body, inner))];
  }
  const path = pathOf(node);
  const root = path?.[0];
  if (path && root !== undefined)
    return bound.has(root) || isType(path) ? [] : [{ path, start: node.start, end: node.end }];
  return childrenOf(node).flatMap((child) => collect(child, bound));
}

/** `a.b["c"]` as its names; null for anything that is not such a chain. An index by a computed key ends nothing. */
function pathOf(node: ASTNode): readonly string[] | null {
  if (node.op === "id") return [node.args];
  if (node.op === ".") return extend(node.args[0], node.args[1]);
  if (node.op === "[]" && node.args[1].op === "value") return extend(node.args[0], String(node.args[1].args));
  return null;
}

function extend(parent: ASTNode, name: string): readonly string[] | null {
  const path = pathOf(parent);
  return path && [...path, name];
}

function runtimeProblem(expression: string, guarded: Guarded, error: unknown): TextProblem {
  if (budget.error) return { message: budget.error.message, start: 0, end: expression.length };
  if (error instanceof RangeError) {
    const message = /time zone/.test(error.message) ? UNKNOWN_ZONE : "The expression makes too much data.";
    return { message, start: 0, end: expression.length };
  }
  const problem = toProblem(expression, error);
  const range = error instanceof EvaluationError ? error.range : undefined;
  return range ? { message: problem.message, ...guarded.locate(range.start) } : problem;
}

function toProblem(expression: string, error: unknown): TextProblem {
  const summary: unknown = error instanceof Error ? Reflect.get(error, "summary") : undefined;
  const range: unknown = error instanceof Error ? Reflect.get(error, "range") : undefined;
  const start = position(range, "start") ?? 0;
  const message =
    typeof summary === "string" ? plainProblem(summary, expression, start) : "The expression cannot be used.";
  return { message, start, end: Math.max(start, position(range, "end") ?? expression.length) };
}

function position(range: unknown, key: "start" | "end"): number | null {
  const value = typeof range === "object" && range !== null ? Reflect.get(range, key) : null;
  return typeof value === "number" ? value : null;
}

function article(type: string | undefined): string {
  const names: Readonly<Record<string, string>> = {
    string: "text",
    int: "a number",
    double: "a number",
    list: "a list",
    map: "an object",
  };
  return names[type ?? ""] ?? "something else";
}
