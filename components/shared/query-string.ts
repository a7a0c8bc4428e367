/** In the address of a page while its dialog for something new is open. */
export const NEW = "new";

/** A query string with some parameters changed; an empty value removes its parameter. */
export function withQuery(current: string, changes: Readonly<Record<string, string>>): string {
  const next = new URLSearchParams(current);
  next.delete("cursor");
  for (const [name, value] of Object.entries(changes)) {
    if (value === "") next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  return text ? `?${text}` : "";
}
