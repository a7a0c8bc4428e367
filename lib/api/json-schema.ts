import { z } from "zod";

export type JsonSchema = {
  $ref?: string;
  type?: string | string[];
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  examples?: unknown[];
  default?: unknown;
  format?: string;
  additionalProperties?: boolean | JsonSchema;
  [keyword: string]: unknown;
};

const DEFS = "#/$defs/";
export const COMPONENTS = "#/components/schemas/";

type Written = { jsonSchema: z.core.JSONSchema.BaseSchema };

/** Leaves out what says nothing to a reader: patterns that a format names already, and the bounds of every integer. */
function tidy({ jsonSchema }: Written): void {
  if (jsonSchema.format) delete jsonSchema.pattern;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  delete jsonSchema.propertyNames;
  delete jsonSchema.id;
}

function withComponentRefs<T>(schema: T): T {
  return JSON.parse(JSON.stringify(schema).replaceAll(`"${DEFS}`, `"${COMPONENTS}`)) as T;
}

/**
 * JSON Schema of what a client sends (`input`) or gets (`output`). Schemas with a name of their own are put into
 * `components` and referred to.
 */
export function jsonSchemaOf(
  type: z.ZodType,
  io: "input" | "output",
  components: Record<string, JsonSchema>,
): JsonSchema {
  const {
    $schema: _dialect,
    $defs,
    ...schema
  } = z.toJSONSchema(type, {
    io,
    target: "draft-2020-12",
    unrepresentable: "any",
    override: tidy,
  });
  for (const [key, named] of Object.entries($defs ?? {}))
    components[key] = withComponentRefs(named as JsonSchema);
  return withComponentRefs(schema as JsonSchema);
}

/** A schema with its reference followed. */
export function resolve(schema: JsonSchema, components: Readonly<Record<string, JsonSchema>>): JsonSchema {
  if (!schema.$ref) return schema;
  const { $ref, ...own } = schema;
  const found = components[$ref.slice(COMPONENTS.length)];
  if (!found) throw new RangeError(`no schema ${$ref}`);
  return { ...resolve(found, components), ...own };
}

/** An example of what a schema describes, made of the examples in it. */
export function sampleOf(given: JsonSchema, components: Readonly<Record<string, JsonSchema>>): unknown {
  const schema = resolve(given, components);
  if (schema.examples) return schema.examples[0];
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  if (schema.const !== undefined) return schema.const;
  if (schema.anyOf) return sampleOf(schema.anyOf[0] ?? {}, components);
  if (schema.type === "array") return [sampleOf(schema.items ?? {}, components)];
  if (schema.properties) {
    const shown = Object.entries(schema.properties).filter(([key]) => schema.required?.includes(key));
    return Object.fromEntries(shown.map(([key, part]) => [key, sampleOf(part, components)]));
  }
  if (schema.type === "object") return {};
  if (schema.type === "string") return "…";
  return schema.type === "boolean" ? true : schema.type === "null" ? null : 0;
}
