import type { InputField } from "@/lib/workflows/kinds/input";

function sampleValue(field: InputField): unknown {
  if (field.default !== undefined) return field.default;
  switch (field.type) {
    case "number":
      return 42;
    case "boolean":
      return true;
    case "choice":
      return field.options?.[0] ?? "";
    default:
      return field.label;
  }
}

/** A body that a webhook with the same names takes. */
function exampleBody(fields: readonly InputField[]): string {
  return JSON.stringify(Object.fromEntries(fields.map((field) => [field.key, sampleValue(field)])));
}

/** A call as a person would type it, once the signing secret is filled in. */
export function exampleCall(address: string, fields: readonly InputField[], isSigned: boolean): string {
  const body = `BODY='${exampleBody(fields).replaceAll("'", "'\\''")}'`;
  const send = (headers: readonly string[]) =>
    [
      `curl "${address}"`,
      ...["Content-Type: application/json", "HireBuddha-Delivery: order-1042", ...headers].map(
        (header) => `-H "${header}"`,
      ),
      '-d "$BODY"',
    ].join(" \\\n  ");
  if (!isSigned) return [body, send([])].join("\n");
  const sign = `SIG=$(printf '%s.%s' "$T" "$BODY" | openssl dgst -sha256 -hmac "$HB_SECRET" | sed 's/.* //')`;
  const secret = "HB_SECRET='whsec_…' # the signing secret, all of it";
  return [secret, body, "T=$(date +%s)", sign, send(["HireBuddha-Signature: t=$T,v1=$SIG"])].join("\n");
}
