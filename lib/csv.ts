/** A value as a CSV field (RFC 4180). Text that a spreadsheet would run as a formula is given a leading apostrophe. */
function field(value: string | number | bigint | null): string {
  const text = value === null ? "" : String(value);
  const isNumber = typeof value !== "string" || /^-?\d+(\.\d+)?$/.test(text);
  const safe = !isNumber && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A CSV file with a header line, CRLF line ends and a byte-order mark, so that spreadsheets read it as UTF-8. */
export function toCsv(
  header: readonly string[],
  rows: readonly (readonly (string | number | bigint | null)[])[],
): string {
  return `\uFEFF${[header, ...rows].map((row) => row.map(field).join(",")).join("\r\n")}\r\n`;
}
