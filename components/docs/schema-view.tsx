import { ChevronRight } from "lucide-react";
import { CodeText } from "@/components/docs/code-text";
import { COMPONENTS, type JsonSchema, resolve } from "@/lib/api/json-schema";

export type Components = Readonly<Record<string, JsonSchema>>;

const FORMATS: Readonly<Record<string, string>> = {
  uuid: "UUID",
  "date-time": "date and time",
  date: "date",
  binary: "file",
};

/** The one real choice of a schema that may also be null, however JSON Schema writes it. */
function withoutNull(schema: JsonSchema): { schema: JsonSchema; isNullable: boolean } {
  if (Array.isArray(schema.type) && schema.type.includes("null")) {
    return { schema: { ...schema, type: schema.type.filter((type) => type !== "null") }, isNullable: true };
  }
  const choices = schema.anyOf?.filter((choice) => choice.type !== "null");
  if (!choices || choices.length === schema.anyOf?.length) return { schema, isNullable: false };
  const { anyOf: _, ...own } = schema;
  return {
    schema: choices.length === 1 ? { ...choices[0], ...own } : { ...own, anyOf: choices },
    isNullable: true,
  };
}

function typeName(given: JsonSchema, components: Components): string {
  const { schema, isNullable } = withoutNull(given);
  const found = resolve(schema, components);
  const name = schema.$ref?.slice(COMPONENTS.length) ?? plainName(found, components);
  return isNullable ? `${name} or null` : name;
}

function plainName(schema: JsonSchema, components: Components): string {
  if (schema.type === "array") return `list of ${typeName(schema.items ?? {}, components)}`;
  if (schema.anyOf) return schema.anyOf.map((choice) => typeName(choice, components)).join(" or ");
  if (schema.format) return FORMATS[schema.format] ?? schema.format;
  return schema.type ? [schema.type].flat().join(" or ") : "any JSON";
}

/** What is inside of an object, or of each item of a list. */
function innerOf(given: JsonSchema, components: Components): JsonSchema | null {
  const schema = resolve(withoutNull(given).schema, components);
  if (schema.type === "array") return innerOf(schema.items ?? {}, components);
  return schema.properties ? schema : null;
}

function limitsOf(schema: JsonSchema): string {
  const { minimum, maximum, maxLength } = schema;
  const said = [
    schema.default === undefined ? null : `Default: \`${JSON.stringify(schema.default)}\`.`,
    typeof maximum === "number" ? `${minimum ?? 0} to ${maximum}.` : null,
    typeof maxLength === "number" ? `At most ${maxLength.toLocaleString("en-US")} characters.` : null,
    schema.enum ? schema.enum.map((value) => `\`${String(value)}\``).join(", ") : null,
  ];
  return said.filter(Boolean).join(" ");
}

export function Field({
  name,
  schema,
  isRequired,
  description,
  components,
}: {
  name: string;
  schema: JsonSchema;
  isRequired: boolean;
  description?: string | undefined;
  components: Components;
}) {
  const inner = innerOf(schema, components);
  const resolved = resolve(withoutNull(schema).schema, components);
  const sentence = description ?? schema.description;
  const limits = limitsOf({ ...resolved, ...schema });
  return (
    <li className="py-2.5">
      <div className="flex flex-wrap items-baseline gap-x-2">
        <code className="font-medium font-mono text-[0.8125rem]">{name}</code>
        <span className="text-muted-foreground text-xs">{typeName(schema, components)}</span>
        {isRequired ? <span className="font-medium text-warning text-xs">required</span> : null}
      </div>
      {sentence || limits ? (
        <p className="mt-0.5 text-muted-foreground text-sm leading-relaxed">
          <CodeText text={[sentence, limits].filter(Boolean).join(" ")} />
        </p>
      ) : null}
      {inner ? (
        <details className="group mt-1.5">
          <summary className="inline-flex list-none items-center gap-1 rounded-sm font-medium text-brand text-xs [&::-webkit-details-marker]:hidden">
            <ChevronRight className="size-3.5 transition-transform group-open:rotate-90" aria-hidden="true" />
            Fields of {name}
          </summary>
          <SchemaFields schema={inner} components={components} className="mt-1 border-l pl-4" />
        </details>
      ) : null}
    </li>
  );
}

/** The fields of an object, each with its type and what it means. */
export function SchemaFields({
  schema,
  components,
  className,
  marksRequired = false,
}: {
  schema: JsonSchema;
  components: Components;
  className?: string;
  /** For what is sent; in an answer every field is there. */
  marksRequired?: boolean;
}) {
  const fields = innerOf(schema, components);
  if (!fields) return null;
  return (
    <ul className={className}>
      {Object.entries(fields.properties ?? {}).map(([name, field]) => (
        <Field
          key={name}
          name={name}
          schema={field}
          isRequired={marksRequired && (fields.required ?? []).includes(name)}
          components={components}
        />
      ))}
    </ul>
  );
}
