import { z } from "zod";
import { COMPONENTS, type JsonSchema } from "./json-schema";
import type { OpenApiDocument } from "./openapi";

type Media = { readonly schema: JsonSchema };
type Answer = { readonly $ref?: string; readonly content?: Readonly<Record<string, Media>> };

const RESPONSES = "#/components/responses/";

/** As the answers of an operation are written in the document; those that several have stand among its components. */
function answerOf({ components }: OpenApiDocument, told: Answer): Answer {
  return told.$ref ? (components.responses[told.$ref.slice(RESPONSES.length)] as Answer) : told;
}

const withDefs = <T>(schema: T): T =>
  JSON.parse(JSON.stringify(schema).replaceAll(`"${COMPONENTS}`, '"#/$defs/')) as T;

/**
 * What of an answer a reader of the document could not expect: its status, its content type, or what is in it. Null when
 * it is as documented, or when nothing of the kind is documented at all (another method, no such path).
 */
export function documentedAnswers(
  document: OpenApiDocument,
): (method: string, path: string, response: Response) => Promise<string | null> {
  const $defs = withDefs(document.components.schemas);
  const known = new Map<JsonSchema, z.ZodType>();
  const typeOf = (schema: JsonSchema): z.ZodType => {
    const type =
      known.get(schema) ??
      z.fromJSONSchema({ ...withDefs(schema), $defs } as Parameters<typeof z.fromJSONSchema>[0]);
    known.set(schema, type);
    return type;
  };
  return async (method, path, response) => {
    const operation = document.paths[path]?.[method.toLowerCase()];
    if (!operation) return null;
    const told = operation.responses[response.status];
    const where = `${operation.operationId} answered ${response.status}`;
    if (!told) return `${where}, which is not documented: ${await response.clone().text()}`;
    const { content } = answerOf(document, told);
    if (!content) return null;
    const type = (response.headers.get("content-type") ?? "").split(";")[0] ?? "";
    const media = content[type];
    if (!media) return `${where} as “${type}”, which is not documented`;
    if (!type.endsWith("json")) return null;
    const parsed = typeOf(media.schema).safeParse(await response.clone().json());
    return parsed.success ? null : `${where}, not as documented: ${z.prettifyError(parsed.error)}`;
  };
}
