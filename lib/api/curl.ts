import type { Operation } from "./operation";

/** The parameters of a path as shell variables: `{documentId}` becomes `$DOCUMENT_ID`. */
function shellPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => `$${name.replace(/[A-Z]/g, "_$&").toUpperCase()}`);
}

/**
 * A call of an operation as a person would type it, with the address and the key in variables. Its idempotency key is
 * like no other operation's: the examples work one after the other.
 */
export function curlOf({ id, method, path, body, example, response, isIdempotent }: Operation): string {
  const query = example?.query ? `?${new URLSearchParams(example.query)}` : "";
  const isStream = typeof response === "object" && "mediaType" in response;
  const isEvents = isStream && response.mediaType === "text/event-stream";
  const needsMethod = method === "delete" || (method === "post" && !body);
  const options = [
    `"$HB_URL/api/v1${shellPath(path)}${query}"`,
    '-H "Authorization: Bearer $HB_KEY"',
    ...(body === "file" ? ['-F "file=@handbook.pdf"'] : []),
    ...(isIdempotent ? [`-H "Idempotency-Key: ${id}-1042"`] : []),
    ...(example?.body === undefined
      ? []
      : ['-H "Content-Type: application/json"', `-d '${JSON.stringify(example.body)}'`]),
    ...(isStream && !isEvents
      ? [`-o ${path.startsWith("/credit-notes") ? "credit-note" : "invoice"}.pdf`]
      : []),
  ];
  const command = `curl${isEvents ? " -N" : ""}${needsMethod ? ` -X ${method.toUpperCase()}` : ""}`;
  return `${command} ${options.join(" \\\n  ")}`;
}
