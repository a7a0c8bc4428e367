import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  customType,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
  varchar,
  vector,
} from "drizzle-orm/pg-core";
import { agents } from "./ai";
import { tenants } from "./auth";
import { createdAt, id, instant, isOneOf, money, updatedAt } from "./columns";

const tsvector = customType<{ data: string }>({ dataType: () => "tsvector" });

export const EMBEDDING_DIMENSIONS = 768;

export const documents = pgTable(
  "documents",
  {
    id: id(),
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenants.id),
    /** Set: only this agent sees the document. Null: every agent of the tenant that uses knowledge may. */
    agentId: uuid("agent_id"),
    filename: varchar("filename").notNull(),
    fileType: varchar("file_type").notNull(),
    fileSize: varchar("file_size"),
    uploadStatus: varchar("upload_status").default("processing"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
    sizeBytes: bigint("size_bytes", { mode: "number" }).notNull().default(0),
    sha256: varchar("sha256").notNull(),
    storageKey: varchar("storage_key").notNull(),
    /** stored | parsing | chunking | embedding | completed | failed */
    stage: varchar("stage").notNull().default("stored"),
    chunksDone: integer("chunks_done").notNull().default(0),
    chunksTotal: integer("chunks_total").notNull().default(0),
    pageCount: integer("page_count"),
    tokenCount: integer("token_count"),
    errorMessage: text("error_message"),
    attempt: integer("attempt").notNull().default(0),
    embeddingModelKey: varchar("embedding_model_key"),
    uploadedBy: uuid("uploaded_by"),
    dispatchedAt: instant("dispatched_at"),
    completedAt: instant("completed_at"),
    /** What it waits for when that is money: credit | cap */
    waitReason: varchar("wait_reason"),
    /** How much its next passages need. */
    needed: money("needed"),
    capId: uuid("cap_id"),
  },
  (t) => [
    unique("documents_tenant_id_unique").on(t.tenantId, t.id),
    // Those that wait for money, by what they wait for (no cap: credit) and how much they need.
    index("documents_payable_idx").on(t.tenantId, t.capId, t.needed).where(sql`${t.waitReason} is not null`),
    check("documents_wait_reason_check", isOneOf(t.waitReason, ["credit", "cap"])),
    uniqueIndex("documents_tenant_sha256_unique").on(t.tenantId, t.sha256),
    index("documents_tenant_status_idx").on(t.tenantId, t.uploadStatus, t.id),
    foreignKey({ columns: [t.tenantId, t.agentId], foreignColumns: [agents.tenantId, agents.id] }),
  ],
);

export const documentChunks = pgTable(
  "document_chunks",
  {
    id: id(),
    documentId: uuid("document_id").notNull(),
    chunkIndex: varchar("chunk_index").notNull(),
    content: text("content").notNull(),
    embedding: vector("embedding", { dimensions: EMBEDDING_DIMENSIONS }),
    createdAt: createdAt(),
    tenantId: uuid("tenant_id").notNull(),
    /** The same order as `chunk_index`, as a number to sort by. */
    position: integer("position").notNull(),
    page: integer("page"),
    heading: text("heading"),
    tokenCount: integer("token_count").notNull(),
    metadata: jsonb("metadata"),
    search: tsvector("search").generatedAlwaysAs(
      sql`to_tsvector('english', coalesce(heading, '') || ' ' || content)`,
    ),
  },
  (t) => [
    unique("document_chunks_tenant_id_unique").on(t.tenantId, t.id),
    unique("document_chunks_position_unique").on(t.tenantId, t.documentId, t.position),
    index("document_chunks_search_idx").using("gin", t.search),
    foreignKey({
      columns: [t.tenantId, t.documentId],
      foreignColumns: [documents.tenantId, documents.id],
    }).onDelete("cascade"),
  ],
);
