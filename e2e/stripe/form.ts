/** A parameter as it comes in a form: text, a list, or named parts. */
export type Field = string | Field[] | { [name: string]: Field };
export type Form = { [name: string]: Field };

const PART = /^([^[\]]+)((?:\[[^[\]]*\])*)$/;

/** Reads `items[0][price]=x&metadata[k]=v` into nested lists and objects. Names that cannot be read keep their text. */
export function parseForm(text: string): Form {
  const form: Form = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    const match = PART.exec(name);
    const path = match
      ? [match[1] ?? "", ...[...(match[2] ?? "").matchAll(/\[([^[\]]*)\]/g)].map(([, key = ""]) => key)]
      : [name];
    put(form, path, value);
  }
  return Object.fromEntries(Object.entries(form).map(([name, field]) => [name, listed(field)]));
}

/** `list[]` takes the next number, so that everything is an object until the end. */
function put(into: Form, [first = "", ...rest]: string[], value: string): void {
  const key = first === "" ? String(Object.keys(into).length) : first;
  if (rest.length === 0) {
    into[key] = value;
    return;
  }
  const known = into[key];
  const next: Form = typeof known === "object" && !Array.isArray(known) ? known : Object.create(null);
  into[key] = next;
  put(next, rest, value);
}

/** Objects whose names are 0, 1, 2 … are lists. */
function listed(field: Field): Field {
  if (typeof field !== "object" || Array.isArray(field)) return field;
  const entries = Object.entries(field).map(([name, part]) => [name, listed(part)] as const);
  const isList = entries.length > 0 && entries.every(([name], index) => name === String(index));
  return isList ? entries.map(([, part]) => part) : Object.fromEntries(entries);
}
