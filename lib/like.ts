/** A pattern for `ilike` that finds the text anywhere and takes its `%`, `_` and `\` literally. */
export function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, "\\$&")}%`;
}
