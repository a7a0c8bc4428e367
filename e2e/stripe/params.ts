import { z } from "zod";
import { invalid, type StripeFault } from "./fault";
import { type Field, parseForm } from "./form";

export const text = z.string().max(5000);
export const integer = z
  .string()
  .regex(/^-?\d+$/, "Invalid integer")
  .transform(Number);
export const flag = z.enum(["true", "false"]).transform((value) => value === "true");
/** Names to values; an empty value removes the name, an empty whole removes all of them. */
export const metadata = z.union([
  z.literal(""),
  z.record(z.string().max(40), z.string().max(500)).refine((all) => Object.keys(all).length <= 50),
]);
export const address = z.union([
  z.literal(""),
  z.strictObject({
    line1: text.optional(),
    line2: text.optional(),
    city: text.optional(),
    state: text.optional(),
    postal_code: text.optional(),
    country: text.optional(),
  }),
]);
export type AddressField = z.infer<typeof address>;

/** What every list takes. */
export const paging = {
  limit: integer.refine((limit) => limit >= 1 && limit <= 100).optional(),
  starting_after: text.optional(),
  ending_before: text.optional(),
};
export const created = z
  .union([
    integer,
    z.strictObject({
      gt: integer.optional(),
      gte: integer.optional(),
      lt: integer.optional(),
      lte: integer.optional(),
    }),
  ])
  .optional();

export type Shape = Record<string, z.ZodType>;
type KnownTo<P, S> = { [K in keyof S]: K extends keyof P ? z.ZodType : never };

/** The parameters of a call, each of which the SDK's type must know. */
export function takes<P>(): <S extends KnownTo<P, S>>(shape: S) => S {
  return (shape) => shape;
}

const expand = { expand: z.array(text).optional() };

export type Checked<S extends Shape> = z.infer<z.ZodObject<S, z.core.$strict>>;

/** Parses what came by a route's parameters; what it does not know, lacks or cannot read is refused as Stripe does. */
export function checkParams<S extends Shape>(shape: S, body: string): Checked<S> & { expand?: string[] } {
  const form = parseForm(body);
  const result = z.strictObject({ ...shape, ...expand }).safeParse(form);
  if (!result.success) throw faultOf(result.error, form);
  return result.data as Checked<S> & { expand?: string[] };
}

function nameOf(path: readonly PropertyKey[]): string {
  return path.map((part, index) => (index === 0 ? String(part) : `[${String(part)}]`)).join("");
}

function at(form: Field, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) => (typeof value === "object" && value !== null ? Reflect.get(value, part) : undefined),
    form,
  );
}

function flat(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  const inner = issue.code === "invalid_union" ? issue.errors.flat().at(-1) : undefined;
  return inner ? flat({ ...inner, path: [...issue.path, ...inner.path] }) : issue;
}

function faultOf(error: z.ZodError, form: Field): StripeFault {
  const issues = error.issues.map(flat);
  const unknown = issues.find((issue) => issue.code === "unrecognized_keys");
  if (unknown?.code === "unrecognized_keys") {
    const param = nameOf([...unknown.path, unknown.keys[0] ?? ""]);
    return invalid(`Received unknown parameter: ${param}`, { code: "parameter_unknown", param });
  }
  const [first] = issues;
  const path = first?.path ?? [];
  const param = nameOf(path);
  const value = at(form, path);
  if (value === undefined) {
    return invalid(`Missing required param: ${param}.`, { code: "parameter_missing", param });
  }
  if (first?.message === "Invalid integer") {
    return invalid(`Invalid integer: ${String(value)}`, { code: "parameter_invalid_integer", param });
  }
  return invalid(`Invalid ${param}: ${first?.message ?? "not understood"}`, { param });
}
