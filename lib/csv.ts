export type CsvValue = string | number | bigint | null;

/** How text begins that a spreadsheet would run as a formula; some read full-width signs as the usual ones. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** A value as a CSV field (RFC 4180). Text that a spreadsheet would run as a formula is given a leading apostrophe. */
function field(value: CsvValue): string {
  const text = value === null ? "" : String(value);
  const isNumber = typeof value !== "string" || /^-?\d+(\.\d+)?$/.test(text);
  const safe = !isNumber && FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Lines of a CSV file, each with its end. */
function csvLines(rows: readonly (readonly CsvValue[])[]): string {
  return rows.map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

/** A byte-order mark, so that spreadsheets read the file as UTF-8, and the header line. */
function csvStart(header: readonly string[]): string {
  return `\uFEFF${csvLines([header])}`;
}

/** A CSV file with a header line, CRLF line ends and a byte-order mark, so that spreadsheets read it as UTF-8. */
export function toCsv(header: readonly string[], rows: readonly (readonly CsvValue[])[]): string {
  return csvStart(header) + csvLines(rows);
}

/** The same as a stream: each list of rows is asked for when the one before was sent. */
export function csvStream(
  header: readonly string[],
  pages: AsyncIterable<readonly (readonly CsvValue[])[]>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  async function* lines(): AsyncGenerator<Uint8Array> {
    yield encoder.encode(csvStart(header));
    for await (const rows of pages) if (rows.length > 0) yield encoder.encode(csvLines(rows));
  }
  const iterator = lines();
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await iterator.return(undefined);
    },
  });
}
