import "server-only";
import { and, desc, eq, inArray, isNotNull, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { asTenant, type Tx } from "@/db/access";
import { agents } from "@/db/schema/ai";
import { documentChunks, documents } from "@/db/schema/knowledge";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { log } from "@/lib/log";
import type { UsageSource } from "@/lib/metering/record";
import { cleanText } from "./clean";
import { embedMetered } from "./embedding";
import { fuseRankings } from "./fusion";
import type { RetrieveInput } from "./input";
import { retrievable, type Visibility } from "./store";

/** A stretch of a document that may answer a question, with where it is from. */
export type Passage = {
  chunkId: string;
  documentId: string;
  filename: string;
  /** Page or slide; null where the format has none. */
  page: number | null;
  heading: string | null;
  text: string;
  /** Of the fused rankings: higher is better, comparable within one answer only. */
  score: number;
  /** Cosine similarity to the question, -1 to 1; null when found by its words only. */
  similarity: number | null;
  /** Whether the words of the question were found in it. */
  matchesWords: boolean;
};

export type RetrieveOptions = {
  /** What the question's embedding is billed to, e.g. the step of a run. */
  source?: UsageSource;
  /** The same on every repetition of the same search, so that it is billed once. Default: each call is its own. */
  usageKey?: string;
  /** What the step that searches has set aside, out of which it is paid. */
  stepHoldKey?: string;
};

/** Candidates of each ranking: enough for the fusion to prefer what both of them found. */
const CANDIDATES_PER_RESULT = 5;
const LEAST_CANDIDATES = 40;
/** Below it a vector says no more than that both are text. */
const LEAST_SIMILARITY = 0.05;

/**
 * The passages that fit a question best, by meaning (exact vector search) and by words (full text), fused. Only
 * completed documents of the tenant. With `agentId` those which the agent may see: shared ones and its own, narrowed by
 * its knowledge setting unless `documentIds` narrows already. Without it, a person or API key searches the whole
 * workspace and a job only what is shared with every agent, or exactly `documentIds`.
 *
 * @throws AppError `not_found` for an unknown agent; `precondition` when the question cannot be priced
 */
export async function retrieve(
  scope: TenantScope,
  input: RetrieveInput,
  options: RetrieveOptions = {},
): Promise<Passage[]> {
  authorize(scope, "knowledge.search");
  const query = cleanText(input.query).trim();
  if (!query) return [];
  const visible = await asTenant(scope, async (tx) => {
    const visibility = await visibilityOf(tx, scope, input);
    return visibility ? { visibility, models: await modelsOf(tx, visibility) } : null;
  });
  if (!visible || visible.models.length === 0) return [];
  const vectors = await questionVectors(scope, query, visible.models, options);
  return asTenant(scope, (tx) => search(tx, { ...input, query }, visible.visibility, vectors));
}

const knowledgeSetting = z.object({
  knowledge: z.object({ mode: z.enum(["none", "all", "selected"]), documentIds: z.array(z.string()) }),
});

/** Null: nothing at all. */
async function visibilityOf(tx: Tx, scope: TenantScope, input: RetrieveInput): Promise<Visibility | null> {
  const documentIds = input.documentIds ?? null;
  if (!input.agentId) {
    const isPerson = scope.role !== "job";
    return { agentId: isPerson || documentIds ? "all" : null, documentIds };
  }
  const [agent] = await tx
    .select({ llmConfig: agents.llmConfig })
    .from(agents)
    .where(eq(agents.id, input.agentId))
    .limit(1);
  if (!agent) throw new AppError("not_found", "This agent does not exist.");
  if (documentIds) return { agentId: input.agentId, documentIds };
  const { knowledge } = knowledgeSetting.parse(agent.llmConfig);
  if (knowledge.mode === "none") return null;
  return {
    agentId: input.agentId,
    documentIds: knowledge.mode === "selected" ? knowledge.documentIds : null,
  };
}

/** Vectors compare within one model only: the models that the visible documents were embedded with. */
async function modelsOf(tx: Tx, visibility: Visibility): Promise<string[]> {
  const rows = await tx
    .selectDistinct({ modelKey: documents.embeddingModelKey })
    .from(documents)
    .where(and(retrievable(visibility), isNotNull(documents.embeddingModelKey)));
  return rows.flatMap(({ modelKey }) => modelKey ?? []);
}

type QuestionVector = { modelKey: string; vector: readonly number[] };

async function questionVectors(
  scope: TenantScope,
  query: string,
  models: readonly string[],
  options: RetrieveOptions,
): Promise<QuestionVector[]> {
  const usageKey = options.usageKey ?? `search:${newId()}`;
  const source = options.source ?? ("userId" in scope.actor ? { userId: scope.actor.userId } : {});
  const found: QuestionVector[] = [];
  for (const modelKey of models) {
    try {
      const [vector] = await embedMetered(scope, {
        modelKey,
        values: [query],
        usageKey: `${usageKey}:${modelKey}`,
        source,
        stepHoldKey: options.stepHoldKey,
      });
      if (vector) found.push({ modelKey, vector });
    } catch (error) {
      // Documents of a model that was switched off are still found by their words.
      if (!(error instanceof AppError && error.reason === "model_unavailable")) throw error;
      log.warn({ modelKey }, "documents of an inactive embedding model are searched by words only");
    }
  }
  return found;
}

const passageColumns = {
  chunkId: documentChunks.id,
  documentId: documentChunks.documentId,
  filename: documents.filename,
  page: documentChunks.page,
  heading: documentChunks.heading,
  text: documentChunks.content,
};

const sameDocument = and(
  eq(documents.tenantId, documentChunks.tenantId),
  eq(documents.id, documentChunks.documentId),
);

async function search(
  tx: Tx,
  { query, topK }: RetrieveInput,
  visibility: Visibility,
  vectors: readonly QuestionVector[],
): Promise<Passage[]> {
  const limit = Math.max(LEAST_CANDIDATES, topK * CANDIDATES_PER_RESULT);
  const rankings: string[][] = [];
  const similarities = new Map<string, number>();
  for (const question of vectors) {
    const rows = await nearest(tx, visibility, question, limit);
    for (const row of rows) similarities.set(row.id, row.similarity);
    rankings.push(rows.map((row) => row.id));
  }
  const byWords = await matching(tx, retrievable(visibility), query, limit);
  const best = fuseRankings([...rankings, byWords]).slice(0, topK);
  if (best.length === 0) return [];
  const rows = await tx
    .select(passageColumns)
    .from(documentChunks)
    .innerJoin(documents, sameDocument)
    .where(
      inArray(
        documentChunks.id,
        best.map(({ id }) => id),
      ),
    );
  const found = new Map(rows.map((row) => [row.chunkId, row]));
  return best.flatMap(({ id, score }) => {
    const row = found.get(id);
    const similarity = similarities.get(id) ?? null;
    return row ? [{ ...row, score, similarity, matchesWords: byWords.includes(id) }] : [];
  });
}

/** Exact search: the tenant's rows come through an index, and every one of the visible is compared. */
async function nearest(tx: Tx, visibility: Visibility, { modelKey, vector }: QuestionVector, limit: number) {
  const similarity = sql<number>`1 - (${documentChunks.embedding} <=> ${JSON.stringify(vector)}::vector)`;
  const rows = await tx
    .select({ id: documentChunks.id, similarity: similarity.as("similarity") })
    .from(documentChunks)
    .innerJoin(documents, sameDocument)
    .where(and(retrievable(visibility), eq(documents.embeddingModelKey, modelKey)))
    .orderBy(desc(sql`similarity`))
    .limit(limit);
  return rows.filter((row) => row.similarity >= LEAST_SIMILARITY);
}

/** Any of the words, rarer and closer ones first: a question seldom has all of its words in one passage. */
async function matching(tx: Tx, visible: SQL, query: string, limit: number): Promise<string[]> {
  const words = sql`replace(plainto_tsquery('english', ${query})::text, ' & ', ' | ')::tsquery`;
  const rows = await tx
    .select({ id: documentChunks.id })
    .from(documentChunks)
    .innerJoin(documents, sameDocument)
    .where(and(visible, sql`${documentChunks.search} @@ ${words}`))
    .orderBy(desc(sql`ts_rank_cd(${documentChunks.search}, ${words}, 1)`), documentChunks.id)
    .limit(limit);
  return rows.map((row) => row.id);
}
