/** What is shorter takes longer to pack than it saves on its way. */
const WORTH_PACKING_BYTES = 1_024;

/** An answer in JSON; a short one is sent as it is. */
export function jsonResponse(
  value: unknown,
  { status, headers }: { readonly status: number; readonly headers: HeadersInit },
): Response {
  const body = JSON.stringify(value);
  const all = new Headers(headers);
  if (!all.has("content-type")) all.set("content-type", "application/json");
  if (Buffer.byteLength(body) < WORTH_PACKING_BYTES) all.append("cache-control", "no-transform");
  return new Response(body, { status, headers: all });
}
