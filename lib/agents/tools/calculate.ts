/** A result, or a sentence about what is wrong with the expression. */
export type Calculation = { ok: true; value: number } | { ok: false; message: string };

const MAX_CHARS = 500;
const MAX_DEPTH = 60;

const FUNCTIONS: Readonly<Record<string, (...values: number[]) => number>> = {
  abs: Math.abs,
  ceil: Math.ceil,
  floor: Math.floor,
  max: Math.max,
  min: Math.min,
  round: (value, digits = 0) => shifted(Math.round(shifted(value, digits)), -digits),
  sqrt: Math.sqrt,
};
const CONSTANTS: Readonly<Record<string, number>> = { pi: Math.PI, e: Math.E };

/** Moves the decimal point in the number's own digits, where multiplying would round: `1.005` by 2 is `100.5`. */
function shifted(value: number, places: number): number {
  const [digits, exponent = "0"] = String(value).split("e");
  return Number(`${digits}e${Number(exponent) + places}`);
}

class Problem extends Error {}

/**
 * Arithmetic: `+ - * / % ^`, parentheses, `15%` (a hundredth), abs, ceil, floor, max, min, round, sqrt, pi, e.
 * `^` binds tightest and to the right. Nothing but numbers comes in or out.
 */
export function calculate(expression: string): Calculation {
  if (expression.length > MAX_CHARS)
    return { ok: false, message: `The expression is longer than ${MAX_CHARS} characters.` };
  try {
    const parser = new Parser(tokenize(expression));
    const value = parser.parse();
    if (!Number.isFinite(value)) return { ok: false, message: "The result is not a finite number." };
    // Hides the last binary digits, so that 0.1 + 0.2 is 0.3.
    return { ok: true, value: Number(value.toPrecision(15)) };
  } catch (error) {
    if (error instanceof Problem) return { ok: false, message: error.message };
    throw error;
  }
}

function tokenize(expression: string): string[] {
  const text = expression
    .replaceAll("×", "*")
    .replaceAll("÷", "/")
    .replaceAll("−", "-")
    .replaceAll("**", "^");
  const tokens: string[] = [];
  const pattern = /\s*(?:((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)|([a-z]+)|([-+*/%^(),]))/iy;
  while (pattern.lastIndex < text.trimEnd().length) {
    const at = pattern.lastIndex;
    const token = pattern
      .exec(text)
      ?.slice(1)
      .find((part) => part !== undefined);
    if (token === undefined) throw new Problem(`"${text.slice(at).trim().charAt(0)}" is not arithmetic.`);
    tokens.push(token);
  }
  return tokens;
}

class Parser {
  #at = 0;
  #depth = 0;

  constructor(readonly tokens: readonly string[]) {}

  parse(): number {
    if (this.tokens.length === 0) throw new Problem("The expression is empty.");
    const value = this.#sum();
    const rest = this.tokens[this.#at];
    if (rest !== undefined) throw new Problem(`"${rest}" was not expected here.`);
    return value;
  }

  #take(...wanted: string[]): string | null {
    const token = this.tokens[this.#at];
    if (token === undefined || !wanted.includes(token)) return null;
    this.#at += 1;
    return token;
  }

  #expect(token: string): void {
    if (!this.#take(token)) throw new Problem(`A "${token}" is missing.`);
  }

  #sum(): number {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new Problem("The expression is nested too deeply.");
    let value = this.#product();
    for (let operator = this.#take("+", "-"); operator; operator = this.#take("+", "-")) {
      const right = this.#product();
      value = operator === "+" ? value + right : value - right;
    }
    this.#depth -= 1;
    return value;
  }

  #product(): number {
    let value = this.#signed();
    for (let operator = this.#take("*", "/", "%"); operator; operator = this.#take("*", "/", "%")) {
      const right = this.#signed();
      if (operator !== "*" && right === 0) throw new Problem("Nothing can be divided by zero.");
      value = operator === "*" ? value * right : operator === "/" ? value / right : value % right;
    }
    return value;
  }

  #signed(): number {
    let sign = 1;
    for (let operator = this.#take("+", "-"); operator; operator = this.#take("+", "-"))
      if (operator === "-") sign = -sign;
    return sign * this.#power();
  }

  #power(): number {
    const base = this.#percent();
    if (!this.#take("^")) return base;
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new Problem("The expression is nested too deeply.");
    const exponent = this.#signed();
    this.#depth -= 1;
    return base ** exponent;
  }

  /** `15%` is a hundredth unless a number follows, when `%` is the remainder. */
  #percent(): number {
    const value = this.#primary();
    const next = this.tokens[this.#at + 1];
    if (this.tokens[this.#at] !== "%" || (next !== undefined && /^[\d.a-z(]/i.test(next))) return value;
    this.#at += 1;
    return value / 100;
  }

  #primary(): number {
    const token = this.tokens[this.#at];
    this.#at += 1;
    if (token === undefined) throw new Problem("The expression ends too early.");
    if (token === "(") {
      const value = this.#sum();
      this.#expect(")");
      return value;
    }
    if (/^[\d.]/.test(token)) return Number(token);
    return this.#named(token.toLowerCase());
  }

  #named(name: string): number {
    if (Object.hasOwn(CONSTANTS, name)) return CONSTANTS[name] ?? Number.NaN;
    const run = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
    if (!run) throw new Problem(`"${name}" is not known.`);
    this.#expect("(");
    const values = [this.#sum()];
    while (this.#take(",")) values.push(this.#sum());
    this.#expect(")");
    return run(...values);
  }
}
