const MOST_NAMED = 8;

/** Names of workflows in a sentence, the first of many. */
export function listed(names: readonly string[]): string {
  const rest = names.length - MOST_NAMED;
  const shown = names.slice(0, MOST_NAMED).map((name) => `“${name}”`);
  const all = rest > 0 ? [...shown, `${rest} more ${rest === 1 ? "workflow" : "workflows"}`] : shown;
  return new Intl.ListFormat("en", { type: "conjunction" }).format(all);
}
