import type { JSONValue } from "@ai-sdk/provider";

/** The part of JSON Schema (draft 7 and the newer `$defs`) the built-in model reads. */
export type JsonSchema = {
  type?: string | string[];
  description?: string;
  format?: string;
  const?: JSONValue;
  enum?: JSONValue[];
  properties?: Record<string, JsonSchema | boolean>;
  required?: string[];
  items?: JsonSchema | boolean | (JsonSchema | boolean)[];
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  anyOf?: (JsonSchema | boolean)[];
  oneOf?: (JsonSchema | boolean)[];
  allOf?: (JsonSchema | boolean)[];
  $ref?: string;
  $defs?: Record<string, JsonSchema | boolean>;
  definitions?: Record<string, JsonSchema | boolean>;
};

/** Follows a local `$ref`; anything that is no schema accepts every value. */
export function resolveSchema(definition: JsonSchema | boolean, root: JsonSchema): JsonSchema {
  if (typeof definition === "boolean") return {};
  const name =
    definition.$ref === "#" ? null : definition.$ref?.match(/^#\/(?:\$defs|definitions)\/(.+)$/)?.[1];
  if (name === null) return root;
  if (name === undefined) return definition;
  const target = (root.$defs ?? root.definitions)?.[name];
  return typeof target === "object" ? target : {};
}
