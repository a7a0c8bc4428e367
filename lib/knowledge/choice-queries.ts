import "server-only";
import { and, asc, desc, eq, ilike, inArray, isNull, or, sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { agents } from "@/db/schema/ai";
import { documents } from "@/db/schema/knowledge";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { containing } from "@/lib/like";
import { choiceState, type DocumentChoice, MOST_CHOICES, MOST_FOUND } from "./choices";
import type { FindDocumentsInput } from "./input";

/** Those an agent may be given: shared ones and its own; null for an agent that is not there yet. */
function isFor({ tenantId }: TenantScope, agentId: string | null) {
  const isShared = isNull(documents.agentId);
  return and(
    eq(documents.tenantId, tenantId),
    agentId ? or(isShared, eq(documents.agentId, agentId)) : isShared,
  );
}

function selectChoices(tx: Tx) {
  return tx
    .select({ id: documents.id, filename: documents.filename, status: documents.uploadStatus })
    .from(documents);
}

const toChoices = (rows: readonly { id: string; filename: string; status: string | null }[]) =>
  rows.map(({ id, filename, status }) => ({ id, filename, state: choiceState(status) }));

/** The documents an agent may be given, by name; first those that it has. At most `MOST_CHOICES`. */
export async function listDocumentChoices(
  scope: TenantScope,
  agentId: string | null,
): Promise<DocumentChoice[]> {
  authorize(scope, "knowledge.read");
  // Whoever saves the choice gives all of it back: what an agent has must be there, however many others come before it.
  const isGiven = sql`exists (
    select from ${agents}
    where ${agents.tenantId} = ${scope.tenantId} and ${agents.id} = ${agentId}
      and ${agents.llmConfig}::jsonb->'knowledge'->'documentIds' ? ${documents.id}::text
  )`;
  const rows = await asTenant(scope, (tx) =>
    selectChoices(tx)
      .where(isFor(scope, agentId))
      .orderBy(desc(isGiven), asc(documents.filename))
      .limit(MOST_CHOICES),
  );
  return toChoices(rows);
}

/**
 * The documents in whose name a text is, by name, for choosing one beyond those that are listed: of the whole workspace, or
 * those an agent may be given. At most `MOST_FOUND`. Or, of those that are named by their ids, the ones that are still there.
 */
export async function findDocuments(
  scope: TenantScope,
  asked: FindDocumentsInput,
): Promise<DocumentChoice[]> {
  authorize(scope, "knowledge.read");
  if ("ids" in asked) {
    const isAsked = and(eq(documents.tenantId, scope.tenantId), inArray(documents.id, asked.ids));
    return toChoices(await asTenant(scope, (tx) => selectChoices(tx).where(isAsked)));
  }
  const { text, forAgent } = asked;
  const isOffered = forAgent === undefined ? eq(documents.tenantId, scope.tenantId) : isFor(scope, forAgent);
  const rows = await asTenant(scope, (tx) =>
    selectChoices(tx)
      .where(and(isOffered, ilike(documents.filename, containing(text))))
      .orderBy(asc(documents.filename), asc(documents.id))
      .limit(MOST_FOUND),
  );
  return toChoices(rows);
}
