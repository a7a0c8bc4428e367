import { eq, sql } from "drizzle-orm";
import { asWorker } from "@/db/access";
import { documentChunks, documents } from "@/db/schema/knowledge";
import type { TenantScope } from "@/db/scope";
import { embed } from "@/lib/ai/embed";
import { newId } from "@/lib/ids";
import { retrieve } from "@/lib/knowledge/retrieve";
import { seedEmbeddingModel } from "@/lib/knowledge/testing";
import { resolveModel } from "@/lib/models/queries";
import { makeTenant } from "@/lib/testing/scopes";
import { type Figure, figure, inTurns, percentile, type Size, timed } from "./bench";
import { recordStatements, replay, type Statement, withConnection } from "./statements";

const CHUNKS = 5_000;
const CHUNKS_PER_DOCUMENT = 250;
const MODEL_KEY = "internal-embedding";

/** A search with its question embedded and billed, over the search's own SQL under the same role. */
export async function measureRetrieval({ isQuick }: Size): Promise<Figure[]> {
  const { admin, job } = await makeTenant();
  await seedEmbeddingModel();
  for (let at = 0; at < CHUNKS; at += CHUNKS_PER_DOCUMENT) await addDocument(job, at);
  let asked = 0;
  const ask = () => {
    asked += 1;
    return retrieve(admin, { query: question(asked), topK: 5 });
  };
  if ((await ask()).length !== 5) throw new Error("the search found less than it was asked for");
  // The floor asks what was asked last: how long a search takes depends on the question.
  let latest = await recordStatements(ask);
  const samples = await inTurns(
    { rounds: isQuick ? 15 : 100, warmUp: 3, maxMs: isQuick ? 4_000 : 25_000 },
    {
      subject: async () => {
        let ms = 0;
        latest = await recordStatements(async () => {
          ms = await timed(ask);
        });
        return ms;
      },
      floor: () => withConnection((client) => timed(() => replay(client, searchOf(latest), false))),
    },
  );
  return [0.5, 0.95].map((p) =>
    figure(`retrieval of 5 among ${CHUNKS} chunks p${p * 100}`, percentile(samples.subject, p), "ms", {
      name: `the search's own SQL p${p * 100}`,
      value: percentile(samples.floor, p),
    }),
  );
}

/** The transaction that searches: the last one, from its begin on. */
function searchOf(statements: readonly Statement[]): Statement[] {
  const start = statements.findLastIndex(({ text }) => text.startsWith("begin"));
  const found = statements.slice(start);
  if (!found.some(({ text }) => text.includes("<=>"))) throw new Error("the search was not recorded");
  return found;
}

async function addDocument(scope: TenantScope, start: number): Promise<void> {
  const id = newId();
  const texts = Array.from({ length: CHUNKS_PER_DOCUMENT }, (_, index) => passage(start + index));
  const model = await resolveModel(MODEL_KEY, "embedding");
  const { vectors } = await embed({ model, values: texts });
  await asWorker(scope, async (tx) => {
    await tx.insert(documents).values({
      id,
      tenantId: scope.tenantId,
      filename: `${start}.txt`,
      fileType: "txt",
      sha256: id,
      storageKey: id,
    });
    await tx.insert(documentChunks).values(
      texts.map((content, position) => ({
        tenantId: scope.tenantId,
        documentId: id,
        chunkIndex: String(position),
        position,
        content,
        tokenCount: 60,
        embedding: vectors[position] ?? null,
      })),
    );
    await tx
      .update(documents)
      .set({
        uploadStatus: "completed",
        stage: "completed",
        embeddingModelKey: MODEL_KEY,
        completedAt: sql`now()`,
      })
      .where(eq(documents.id, id));
  });
}

const THINGS = "apples bicycles contracts deliveries engines forms gardens holidays invoices journeys".split(
  " ",
);
const DEEDS = "arrive break change double expire follow grow halve improve join keep".split(" ");
const PLACES =
  "Athens Berlin Cairo Dublin Essen Florence Geneva Hamburg Istanbul Jena Kyiv Lisbon Madrid".split(" ");

function at(words: readonly string[], index: number): string {
  return words[index % words.length] ?? "";
}

/** A passage of some forty words; a word stands in about a tenth of all of them. */
function passage(n: number): string {
  const sentence = (m: number) =>
    `The ${at(THINGS, m)} of number ${m} ${at(DEEDS, m * 3)} in ${at(PLACES, m * 5)} before rule ${m % 97} holds.`;
  return [sentence(n), sentence(n * 31 + 7), sentence(n * 17 + 3)].join(" ");
}

function question(n: number): string {
  return `When do the ${at(THINGS, n)} ${at(DEEDS, n + 1)} in ${at(PLACES, n)}?`;
}
