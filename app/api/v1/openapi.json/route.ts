import { OPERATIONS } from "@/lib/api/catalogue";
import { otherMethods } from "@/lib/api/endpoint";
import { openApiDocument } from "@/lib/api/openapi";
import { env } from "@/lib/env";

export const dynamic = "force-dynamic";

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET, HEAD");

/** Public: it says nothing about anybody's data. */
export function GET(): Response {
  return Response.json(openApiDocument(OPERATIONS, env().appUrl), {
    headers: { "cache-control": "public, max-age=300", "access-control-allow-origin": "*" },
  });
}
