/** The first characters of a text. One that takes two places is not cut in half: such a half can be neither shown nor kept. */
export function cut(text: string, most: number): string {
  return text.slice(0, most).replace(/[\ud800-\udbff]$/, "");
}
