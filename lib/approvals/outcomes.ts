import "server-only";
import { and, eq, inArray } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { users } from "@/db/schema/auth";
import { approvals } from "@/db/schema/run-control";
import type { TenantScope } from "@/db/scope";
import { isId } from "@/lib/ids";
import { outcomeOf } from "./rules";

const PATH = "/app/approvals/";
const LIST = "/app/approvals";

/** What a notice says of a question, with where it leads. */
type Told = { readonly title: string; readonly href: string };

/** A question as it is now: its own title, how it ended, and where more is shown. */
export type QuestionNow = Told & { readonly outcome: string | null };

/**
 * How the questions stand that people were told of, by the page their notices lead to. One that is not there any more, as
 * when its step asked anew, leads to those that are.
 */
export async function questionsNow(
  tx: Tx,
  scope: TenantScope,
  notices: readonly Told[],
): Promise<ReadonlyMap<string, QuestionNow>> {
  const named = notices.filter(({ href }) => href.startsWith(PATH) && isId(href.slice(PATH.length)));
  if (named.length === 0) return new Map();
  const rows = await tx
    .select({
      id: approvals.id,
      title: approvals.title,
      status: approvals.status,
      expiresAt: approvals.expiresAt,
      answeredByName: users.fullName,
    })
    .from(approvals)
    .leftJoin(users, and(eq(users.tenantId, approvals.tenantId), eq(users.id, approvals.answeredBy)))
    .where(
      and(
        eq(approvals.tenantId, scope.tenantId),
        inArray(
          approvals.id,
          named.map(({ href }) => href.slice(PATH.length)),
        ),
      ),
    );
  const found = new Map(rows.map((row) => [`${PATH}${row.id}`, row]));
  return new Map(
    named.map(({ href, title }) => {
      const row = found.get(href);
      if (!row) return [href, { title, href: LIST, outcome: "This is not asked any more." }];
      return [href, { title: row.title, href, outcome: outcomeOf(row) }];
    }),
  );
}
