import { Readable } from "node:stream";
import { expect, test } from "vitest";
import type { DocumentFormat } from "./document";
import { zipOf } from "./fixtures/archive";
import { docxOf, pptxOf, wordParagraph, xlsxOf } from "./fixtures/office";
import { pdfOf } from "./fixtures/pdf";
import { parseDocument } from "./run";

async function refusalOf(content: Uint8Array | string, format: DocumentFormat) {
  const answer = await parseDocument(async () => Readable.from([Buffer.from(content)]), format);
  return answer.ok ? `read: ${JSON.stringify(answer.document).slice(0, 200)}` : answer.message;
}

const word = docxOf(wordParagraph("Hello"));
const PAGELESS = [
  "%PDF-1.4",
  "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj",
  "2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj",
  "trailer<</Size 3/Root 1 0 R>>",
  "%%EOF",
].join("\n");
const TOO_LARGE = /^It expands to more than (50 MB|100 times its size) and was refused\.$/;

test.each<[string, Uint8Array | string, DocumentFormat, string]>([
  ["an empty file", "", "txt", "The file is empty."],
  ["only spaces", "  \n ", "md", "There is no text in this file."],
  [
    "a web page named .pdf",
    "<html><body>x</body></html>",
    "pdf",
    "The file is not a PDF: its content is that of a web page.",
  ],
  [
    "a Word document named .xlsx",
    word,
    "xlsx",
    "The file is not an Excel workbook: its content is that of a Word document. Name it .docx and add it again.",
  ],
  [
    "an archive named .docx",
    zipOf([{ name: "a.xml", content: "<a/>" }]),
    "docx",
    "The file is not a Word document: its content is that of a ZIP archive.",
  ],
  [
    "a program named .txt",
    Buffer.from("\x7fELF\x02\x01\x01", "latin1"),
    "txt",
    "The file is not a plain text: its content is that of a program.",
  ],
  [
    "a Word document named .txt",
    word,
    "txt",
    "The file is not a plain text: its content is that of a Word document. Name it .docx and add it again.",
  ],
  [
    "a Word document named .pdf",
    word,
    "pdf",
    "The file is not a PDF: its content is that of a Word document. Name it .docx and add it again.",
  ],
  [
    "a PDF named .docx",
    "%PDF-1.7\n",
    "docx",
    "The file is not a Word document: its content is that of a PDF. Name it .pdf and add it again.",
  ],
  [
    "a picture named .pdf",
    Buffer.from("89504e470d0a1a0a", "hex"),
    "pdf",
    "The file is not a PDF: its content is that of a PNG image.",
  ],
  ["a PDF without pages", PAGELESS, "pdf", "This PDF has no pages."],
  [
    "an encrypted Word document",
    Buffer.from("d0cf11e0a1b11ae100", "hex"),
    "docx",
    "The file is protected with a password, or in the Office format from before 2007. Save it as .docx without a password.",
  ],
  [
    "a table that names its columns in every row",
    `${"a".repeat(80)},${"b".repeat(80)}\n${"1,2\n".repeat(65_000)}`,
    "csv",
    "With the names of its columns in every row it comes to more than 10 million characters of text. Split it into smaller files.",
  ],
  ["half a Word document", word.subarray(0, word.length / 2), "docx", "The file is damaged or incomplete."],
  [
    "a symbolic link",
    docxOf("", [{ name: "word/link.xml", content: "/etc/passwd", mode: 0o120777 }]),
    "docx",
    "It contains a link to another file and was refused.",
  ],
  [
    "entity definitions",
    xlsxOf("S", `<!DOCTYPE x [<!ENTITY a "aaaa">]><row><c><v>&a;</v></c></row>`, ["<!ENTITY"]),
    "xlsx",
    "It contains definitions that Office files never have and was refused.",
  ],
  [
    "too many parts",
    zipOf(Array.from({ length: 2_001 }, (_, index) => ({ name: `${index}.xml`, content: "" }))),
    "pptx",
    "It holds more than 2000 parts and was refused.",
  ],
  ["a PDF header and nothing else", "%PDF-1.7\n", "pdf", "The PDF is damaged or incomplete."],
  [
    "an unclosed quotation mark",
    'a,b\n"x,y\n',
    "csv",
    "The table cannot be read near line 2: a quotation mark is probably not closed.",
  ],
  ["no slides", pptxOf([]), "pptx", "There is no text in this file."],
])("%s is refused with a reason", async (_, content, format, message) => {
  expect(await refusalOf(content, format)).toBe(message);
});

test("a PDF with a password is refused, a truncated one is read as far as it goes or refused", async () => {
  const pages = [{ title: "Secret", paragraphs: ["Nothing to see."] }];
  expect(await refusalOf(await pdfOf(pages, { password: "x" }), "pdf")).toBe(
    "This PDF is protected with a password.",
  );
  const whole = await pdfOf(pages);
  expect(await refusalOf(whole.subarray(0, 400), "pdf")).toMatch(/^The PDF is damaged|^This PDF has no text/);
  expect(await refusalOf(await pdfOf([{ title: "", paragraphs: [] }]), "pdf")).toMatch(
    /^This PDF has no text/,
  );
});

test("a 300 kB Word document that unpacks to 300 MB is refused without growing this process", async () => {
  const bomb = docxOf("", [{ name: "word/bomb.xml", content: Buffer.alloc(300 * 1024 * 1024, "a") }]);
  expect(bomb.length).toBeLessThan(400_000);
  const before = process.memoryUsage().rss;
  expect(await refusalOf(bomb, "docx")).toMatch(TOO_LARGE);
  expect(process.memoryUsage().rss - before).toBeLessThan(50 * 1024 * 1024);
});

test("a header that lies about the size does not help", async () => {
  const content = Buffer.alloc(60 * 1024 * 1024, "a");
  const liar = docxOf("", [{ name: "word/bomb.xml", content, claimedBytes: 1000 }]);
  expect(await refusalOf(liar, "docx")).toMatch(/^The file is damaged|^It expands/);
});

test("many parts of a modest size each are counted together", async () => {
  // Random digits: too little redundancy for the ratio to notice.
  const noise = Buffer.from(Array.from({ length: 1_000_000 }, () => 48 + Math.floor(Math.random() * 10)));
  const entries = Array.from({ length: 55 }, (_, index) => ({ name: `word/${index}.xml`, content: noise }));
  expect(await refusalOf(docxOf("", entries), "docx")).toBe("It expands to more than 50 MB and was refused.");
});

test("a parser that does not end is ended", async () => {
  const never = new Readable({ read() {} });
  const answer = await parseDocument(async () => never, "txt", { wallClockMs: 300 });
  expect(answer).toMatchObject({ ok: false, reason: "too_slow" });
});

test("a page nested thirty thousand deep ends as an answer", async () => {
  const deep = "<div>".repeat(30_000);
  expect(await refusalOf(`<html>${deep}x`, "html")).toMatch(/^The file is damaged|^There is no text/);
});

test("the memory of the child is bounded", async () => {
  // Small as a file, within the limits of the archive, and hundreds of megabytes as a tree.
  const texts = Array.from({ length: 700_000 }, (_, index) => `<t>${index}</t>`).join("");
  const cells = `<c t="inlineStr"><is>${texts}</is></c>`;
  expect(await refusalOf(xlsxOf("S", `<row>${cells}</row>`, []), "xlsx")).toBe(
    "It needs too much memory to read and was refused.",
  );
}, 90_000);

test("a source that fails on our side is our error, not the file's", async () => {
  async function* broken() {
    yield Buffer.from("hello");
    throw new Error("store went away");
  }
  await expect(parseDocument(async () => Readable.from(broken()), "txt")).rejects.toThrow("store went away");
});

test("a line of one megabyte and odd characters are read", async () => {
  const text = `${"lorem ipsum ".repeat(90_000)}\u202e\u200d`;
  expect(await refusalOf(text, "txt")).toMatch(/^read/);
});

test("a file is opened once it is its turn: one that breaks before that is nobody's", async () => {
  const endless = () => new Readable({ read: () => undefined });
  const held = [endless(), endless()];
  const read = held.map((file) => parseDocument(async () => file, "txt"));
  let isOpen = false;
  const next = parseDocument(async () => {
    isOpen = true;
    return Readable.from(["Next."]);
  }, "txt");
  await new Promise(setImmediate);
  expect(isOpen).toBe(false);
  for (const file of held) file.push(null);
  await Promise.all(read);
  expect(await next).toMatchObject({ ok: true });
});
