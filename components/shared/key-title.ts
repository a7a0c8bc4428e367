/** The key of a value's part as words: `unit_price` and `unitPrice` are "Unit price". */
export function titleOfKey(key: string): string {
  const words = key
    .replaceAll("_", " ")
    .replace(/(?<=[a-z\d])[A-Z](?=[a-z])/g, (letter) => ` ${letter.toLowerCase()}`)
    .replace(/\burl\b/i, "URL")
    .trim();
  return words ? words.charAt(0).toUpperCase() + words.slice(1) : key;
}
