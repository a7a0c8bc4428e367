import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { startEngine } from "@/inngest/start";
import { newId } from "@/lib/ids";
import { uploadDocument } from "@/lib/knowledge/commands/upload";
import { type DocumentFormat, formatOfFilename } from "@/lib/knowledge/parse/document";
import { docxOf, wordHeading, wordParagraph } from "@/lib/knowledge/parse/fixtures/office";
import { pdfOf } from "@/lib/knowledge/parse/fixtures/pdf";
import { parseDocument } from "@/lib/knowledge/parse/run";
import { getDocument } from "@/lib/knowledge/queries";
import { seedEmbeddingModel } from "@/lib/knowledge/testing";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { type Figure, figure, inTurns, median, type Size, timed } from "./bench";

type File = { filename: string; format: DocumentFormat; bytes: Buffer };

const PAGES = 4;
const PARAGRAPHS = 6;
const PATIENCE_MS = 60_000;

/** Uploads read, cut, embedded and billed by the engine, over the parser alone on files of the same make. */
export async function measureIngestion({ isQuick }: Size): Promise<Figure[]> {
  const tenant = await makeTenant();
  await seedEmbeddingModel();
  await startEngine({ hasServer: false });
  const samples = await inTurns(
    { rounds: isQuick ? 3 : 6, warmUp: isQuick ? 0 : 1, maxMs: isQuick ? 10_000 : 30_000 },
    {
      subject: async () => {
        const files = await makeFiles();
        return timed(() => ingestAll(tenant, files));
      },
      // The parser takes two files at once, as a tenant's ingestion does.
      floor: async () => {
        const files = await makeFiles();
        return timed(() => Promise.all(files.map(parse)));
      },
    },
  );
  const count = (await makeFiles()).length;
  const rate = (ms: readonly number[]) => (count * 1000) / median(ms);
  const floor = { name: "the parser alone, same kinds of file", value: rate(samples.floor) };
  return [
    figure(
      `documents ingested (pdf, docx, md; ${PAGES} pages each)`,
      rate(samples.subject),
      "per second",
      floor,
    ),
  ];
}

async function parse({ bytes, format }: File): Promise<void> {
  const answer = await parseDocument(async () => Readable.from([bytes]), format);
  if (!answer.ok) throw new Error(answer.message);
}

async function ingestAll({ admin }: TestTenant, files: readonly File[]): Promise<void> {
  const ids = await Promise.all(
    files.map(async ({ filename, bytes }) => (await uploadDocument(admin, { filename }, bytes)).document.id),
  );
  const end = performance.now() + PATIENCE_MS;
  for (const id of ids) {
    for (;;) {
      const { status, errorMessage } = await getDocument(admin, id);
      if (status === "completed") break;
      if (status === "failed") throw new Error(errorMessage ?? "a document failed");
      if (performance.now() > end) throw new Error("a document was not ingested in time");
      await sleep(20);
    }
  }
}

/** Two files of each kind that nobody has uploaded yet. */
async function makeFiles(): Promise<File[]> {
  const files: File[] = [];
  for (let n = 0; n < 2; n += 1) {
    const pages = Array.from({ length: PAGES }, (_, page) => ({
      title: `Chapter ${page + 1} of ${newId()}`,
      paragraphs: Array.from({ length: PARAGRAPHS }, (_, index) => paragraph(page * PARAGRAPHS + index)),
    }));
    const markdown = pages.map(({ title, paragraphs }) => [`# ${title}`, ...paragraphs].join("\n\n"));
    const word = pages.flatMap(({ title, paragraphs }) => [
      wordHeading(title),
      ...paragraphs.map(wordParagraph),
    ]);
    files.push(file("md", Buffer.from(markdown.join("\n\n"))));
    files.push(file("docx", docxOf(word.join(""))));
    files.push(file("pdf", Buffer.from(await pdfOf(pages))));
  }
  return files;
}

function file(extension: string, bytes: Buffer): File {
  const filename = `${newId()}.${extension}`;
  const format = formatOfFilename(filename);
  if (!format) throw new Error(`${extension} cannot be read`);
  return { filename, format, bytes };
}

const WORDS =
  "order delivery customer invoice return warehouse carrier refund weekend address label parcel".split(" ");

/** About sixty words that differ from paragraph to paragraph. */
function paragraph(seed: number): string {
  const words = Array.from(
    { length: 60 },
    (_, index) => WORDS[(seed * 7 + index * (seed + 3)) % WORDS.length],
  );
  return `${words.join(" ")}.`;
}
