import { isRecord } from "@/lib/workflows/kind";
import type { InputField } from "@/lib/workflows/kinds/input";
import type { WebhookConfig } from "./input";
import type { Mapping } from "./mapping";

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

/** A body that a webhook takes: by the same names, or with each value where a plain expression looks for it. */
function exampleBody(fields: readonly InputField[], { mapping, fields: mapped }: Mapping): string {
  const body: Record<string, unknown> = Object.create(null);
  for (const field of fields) {
    const expression = mapped.find(({ key }) => key === field.key)?.expression ?? "";
    const path = mapping === "expressions" ? PLAIN_PATH.exec(expression)?.[1]?.split(".") : [field.key];
    if (path) put(body, path, sampleValue(field));
  }
  return JSON.stringify(body);
}

const PLAIN_PATH = /^\s*body\.([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\s*$/;

function put(into: Record<string, unknown>, [name = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    into[name] ??= value;
    return;
  }
  const there = into[name];
  const inside = isRecord(there) ? there : Object.create(null);
  into[name] = inside;
  put(inside, rest, value);
}

/**
 * A call as a person would type it, once the signing secret is filled in. Made again it is another delivery: one that
 * was changed meanwhile is tried by it.
 */
export function exampleCall(
  address: string,
  fields: readonly InputField[],
  config: Mapping & Pick<WebhookConfig, "requiresSignature">,
): string {
  const body = `BODY='${exampleBody(fields, config).replaceAll("'", "'\\''")}'`;
  const send = (headers: readonly string[]) =>
    [
      `curl "${address}"`,
      ...["Content-Type: application/json", "HireBuddha-Delivery: order-$T", ...headers].map(
        (header) => `-H "${header}"`,
      ),
      '-d "$BODY"',
    ].join(" \\\n  ");
  const time = "T=$(date +%s)";
  if (!config.requiresSignature) return [body, time, send([])].join("\n");
  const sign = `SIG=$(printf '%s.%s' "$T" "$BODY" | openssl dgst -sha256 -hmac "$HB_SECRET" | sed 's/.* //')`;
  const secret = "HB_SECRET='whsec_…' # the signing secret, all of it";
  return [secret, body, time, sign, send(["HireBuddha-Signature: t=$T,v1=$SIG"])].join("\n");
}
