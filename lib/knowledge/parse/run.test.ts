import { Readable } from "node:stream";
import { expect, test } from "vitest";
import type { DocumentFormat } from "./document";
import { docxOf, pptxOf, wordHeading, wordParagraph, xlsxOf } from "./fixtures/office";
import { pdfOf } from "./fixtures/pdf";
import { parseDocument } from "./run";

async function read(content: Uint8Array | string, format: DocumentFormat) {
  const answer = await parseDocument(async () => Readable.from([Buffer.from(content)]), format);
  if (!answer.ok) throw new Error(`${answer.reason}: ${answer.message} ${answer.detail ?? ""}`);
  return answer.document;
}

test("pdf: pages are kept, large lines become headings, paragraphs stay apart", async () => {
  const bytes = await pdfOf([
    { title: "Returns", paragraphs: ["Goods may be returned within thirty days.", "A receipt is needed."] },
    {
      title: "",
      paragraphs: ["Without it we decide."],
    },
    {
      title: "Shipping",
      paragraphs: ["We ship to every country in Europe and do so within two working days."],
    },
  ]);
  const { sections, pageCount } = await read(bytes, "pdf");
  expect(pageCount).toBe(3);
  expect(sections.map(({ page, heading }) => [page, heading])).toEqual([
    [1, "Returns"],
    [2, "Returns"],
    [3, "Shipping"],
  ]);
  expect(sections[0]?.text).toBe(
    "Returns\n\nGoods may be returned within thirty days.\n\nA receipt is needed.",
  );
});

test("pdf: a sentence that the page breaks into lines stays one sentence", async () => {
  const sentence =
    "The warranty of the Falcon pump lasts thirty seven months from the day of purchase, and the receipt has to be sent together with the pump.";
  const { sections } = await read(await pdfOf([{ title: "", paragraphs: [sentence, "Short."] }]), "pdf");
  expect(sections[0]?.text).toBe(`${sentence}\n\nShort.`);
});

test.each<DocumentFormat>(["md", "txt", "html"])("%s: a text about PDF files is no PDF", async (format) => {
  const { sections } = await read("Every PDF begins with %PDF-1.7 and ends with %%EOF.", format);
  expect(sections[0]?.text).toContain("%PDF-1.7");
});

test("docx: headings make sections, table rows are complete sentences, entities are decoded", async () => {
  const cell = (text: string) => `<w:tc>${wordParagraph(text)}</w:tc>`;
  const row = (...cells: string[]) => `<w:tr>${cells.map(cell).join("")}</w:tr>`;
  const table = `<w:tbl>${row("Plan", "Price")}${row("Basic", "10 €")}${row("Pro", "30 €")}</w:tbl>`;
  const bytes = docxOf(
    wordHeading("Plans &amp; prices") +
      wordParagraph("Two plans &lt;now&gt;.") +
      table +
      wordHeading("End") +
      wordParagraph("Bye."),
  );
  const { sections } = await read(bytes, "docx");
  expect(sections).toEqual([
    {
      heading: "Plans & prices",
      text: "Plans & prices\n\nTwo plans <now>.\n\nPlan | Price\nPlan: Basic; Price: 10 €\nPlan: Pro; Price: 30 €",
    },
    { heading: "End", text: "End\n\nBye." },
  ]);
});

test("pptx: slides in the order of the show, with title, grouped text and notes, without numbers", async () => {
  const bytes = pptxOf([
    { title: "First", lines: ["alpha", "beta"], notes: "say hello" },
    { title: "Second", lines: ["gamma"], notes: "stop" },
  ]);
  expect(await read(bytes, "pptx")).toMatchObject({
    pageCount: 2,
    sections: [
      { page: 1, heading: "First", text: "First\n\nalpha\nbeta\n\nNotes: say hello" },
      { page: 2, heading: "Second", text: "Second\n\ngamma\n\nNotes: stop" },
    ],
  });
});

test("xlsx: shared strings, dates, gaps, results and inline text by column name", async () => {
  const rows =
    `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="inlineStr"><is><t>Note</t></is></c></row>` +
    `<row r="2"/><row r="3"><c r="A3" t="s"><v>2</v></c><c r="C3" t="str"><f>1+1</f><v>two &amp; a bit</v></c></row>` +
    `<row r="4"><c r="A4"><v>0.30000000000000004</v></c><c r="B4" s="1"><v>45292</v></c></row>`;
  const { sections } = await read(xlsxOf("Sales", rows, ["Name", "Date", "Ada"]), "xlsx");
  expect(sections).toEqual([
    {
      heading: "Sales",
      text: "Name | Date | Note\nName: Ada; Note: two & a bit\nName: 0.3; Date: 2024-01-01",
    },
  ]);
});

test("csv: the delimiter is found, quoted line breaks stay in their row", async () => {
  const { sections } = await read('Name;Remark\nAda;"first\nprogrammer; ever"\nGrace;"compiler"\n', "csv");
  expect(sections[0]?.text).toBe(
    "Name | Remark\nName: Ada; Remark: first programmer; ever\nName: Grace; Remark: compiler",
  );
});

test("md: heading paths, underlined headings, and code that only looks like headings", async () => {
  const { sections } = await read("# A\nx\n## B\ny\n```\n# not a heading\n```\n\nC\n===\nz", "md");
  expect(sections.map((section) => section.heading)).toEqual(["A", "A › B", "C"]);
  expect(sections[1]?.text).toContain("# not a heading");
});

test("html: scripts, styles, menus and addresses are left out", async () => {
  const html = `<!doctype html><style>p{}</style><nav>Menu</nav><h1>Hello</h1><script>alert(1)</script>
    <p>A <a href="https://example.com">link</a> &amp; more</p>`;
  expect((await read(html, "html")).sections).toEqual([{ heading: "Hello", text: "Hello\n\nA link & more" }]);
});

const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, "utf16le");

test.each([
  ["UTF-8 with mark", Buffer.from("\ufeffGrüße"), "Grüße"],
  ["UTF-16 little endian", utf16("Grüße"), "Grüße"],
  ["UTF-16 big endian", utf16("Grüße").swap16(), "Grüße"],
  ["UTF-16 without mark", Buffer.from("Hello there, friends", "utf16le"), "Hello there, friends"],
  ["Windows-1252", Buffer.from("Gr\xfc\xdfe", "latin1"), "Grüße"],
  ["broken UTF-8", Buffer.concat([Buffer.from("Grüße "), Buffer.from([0xc3])]), "Grüße \ufffd"],
  ["stray zeros", Buffer.from(`${"text ".repeat(40)}\0end`), `${"text ".repeat(40)}end`],
])("txt: %s is read", async (_, bytes, text) => {
  expect((await read(bytes, "txt")).sections).toEqual([{ text }]);
});
