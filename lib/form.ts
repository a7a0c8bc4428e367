/**
 * FormData as a plain object for zod. Names are dot paths (`parameters.temperature`, `hosts.0`); a name ending in `[]`
 * or given several times becomes a list. Framework fields (`$ACTION_…`) are left out, files stay files. Lines end with
 * a line feed as in the field itself, where they were also counted; on the way each end is two characters (WHATWG HTML,
 * "Multipart form data").
 */
export function formToObject(form: FormData): Record<string, unknown> {
  const result: Record<string, unknown> = Object.create(null);
  for (const [name, given] of Map.groupBy(form, ([field]) => field)) {
    if (name.startsWith("$ACTION")) continue;
    const values = given.map(([, value]) => asTyped(value));
    const isList = name.endsWith("[]");
    setPath(
      result,
      (isList ? name.slice(0, -2) : name).split("."),
      isList || values.length > 1 ? values : values[0],
    );
  }
  return { ...result };
}

function asTyped(value: FormDataEntryValue): FormDataEntryValue {
  return typeof value === "string" ? value.replaceAll("\r\n", "\n") : value;
}

const FORBIDDEN = new Set(["__proto__", "constructor", "prototype"]);

function setPath(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  if (path.some((part) => FORBIDDEN.has(part))) return;
  let at = target;
  for (const part of path.slice(0, -1)) {
    const next = at[part];
    if (typeof next === "object" && next !== null) at = next as Record<string, unknown>;
    else {
      const made: Record<string, unknown> = {};
      at[part] = made;
      at = made;
    }
  }
  const last = path.at(-1);
  if (last) at[last] = value;
}
