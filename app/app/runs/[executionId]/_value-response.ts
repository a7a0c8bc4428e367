import { parseInput } from "@/lib/parse";
import { type ValueQuery, valueQuery } from "@/lib/runs/input";
import { valueAsText } from "@/lib/runs/values";

export function readValueQuery(request: Request): ValueQuery {
  return parseInput(valueQuery, Object.fromEntries(new URL(request.url).searchParams));
}

/** A value as JSON or text, to read or to save. Never something that a browser would run. */
export function valueResponse(value: unknown, { part, as, file }: ValueQuery, name: string): Response {
  const isJson = as === "json";
  const body = isJson
    ? (JSON.stringify(value ?? null, null, file ? 2 : undefined) ?? "null")
    : valueAsText(value);
  const filename = `${name}-${part}.${isJson ? "json" : "txt"}`;
  return new Response(body, {
    headers: {
      "content-type": isJson ? "application/json; charset=utf-8" : "text/plain; charset=utf-8",
      ...(file ? { "content-disposition": `attachment; filename="${filename}"` } : {}),
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
    },
  });
}
