import "server-only";
import { and, count, desc, eq, isNull, lt } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { notificationPreferences, notifications } from "@/db/schema/notifications";
import type { TenantScope } from "@/db/scope";
import { questionsNow } from "@/lib/approvals/outcomes";
import { authorize } from "@/lib/auth/authorize";
import { PAGE_SIZE, type Page, toPage } from "@/lib/paging";
import type { NotificationsQuery } from "../input";
import { type Channels, channelsFor, NOTICE_KINDS, type NoticeKind } from "../kinds";
import { isOwn, personOf } from "../person";

export type NotificationItem = {
  id: string;
  kind: string;
  title: string;
  body: string;
  href: string;
  occurrences: number;
  isRead: boolean;
  createdAt: Date;
  /** What became of a question that is not open any more: then nothing waits. */
  outcome: string | null;
};

const IN_BELL = 10;
/** Above this the bell says "99+". */
const MAX_COUNTED = 100;

async function rowsOf(
  tx: Tx,
  scope: TenantScope,
  query: NotificationsQuery,
  limit: number,
): Promise<NotificationItem[]> {
  const rows = await tx
    .select({
      id: notifications.id,
      kind: notifications.kind,
      title: notifications.title,
      body: notifications.body,
      href: notifications.href,
      occurrences: notifications.occurrences,
      readAt: notifications.readAt,
      createdAt: notifications.createdAt,
    })
    .from(notifications)
    .where(
      and(
        isOwn(scope),
        query.show === "unread" ? isNull(notifications.readAt) : undefined,
        query.kind ? eq(notifications.kind, query.kind) : undefined,
        query.cursor ? lt(notifications.id, query.cursor) : undefined,
      ),
    )
    .orderBy(desc(notifications.id))
    .limit(limit);
  const asked = rows.filter(({ kind }) => kind === "approval_asked");
  const questions = await questionsNow(tx, scope, asked);
  return rows.map(({ readAt, ...row }) => {
    const question = row.kind === "approval_asked" ? questions.get(row.href) : undefined;
    // While it is open, it is told as it was: also that it still waits.
    const isOver = question !== undefined && question.outcome !== null;
    return { ...row, ...(isOver ? question : { outcome: null }), isRead: readAt !== null };
  });
}

/** How many of a person's notifications are unread, counted no further than 100. */
async function countUnread(tx: Tx, scope: TenantScope): Promise<number> {
  const unread = tx
    .select({ id: notifications.id })
    .from(notifications)
    .where(and(isOwn(scope), isNull(notifications.readAt)))
    .limit(MAX_COUNTED)
    .as("unread");
  const [row] = await tx.select({ total: count() }).from(unread);
  return row?.total ?? 0;
}

/** The person's own notifications, newest first. */
export async function listNotifications(
  scope: TenantScope,
  query: NotificationsQuery,
): Promise<Page<NotificationItem> & { unread: number }> {
  authorize(scope, "notification.read");
  return asTenant(scope, async (tx) => ({
    ...toPage(await rowsOf(tx, scope, query, PAGE_SIZE + 1), PAGE_SIZE),
    unread: await countUnread(tx, scope),
  }));
}

export type Bell = { readonly unread: number; readonly latest: readonly NotificationItem[] };

/** What the bell shows: how many are unread (at most 100) and the latest ten. */
export async function readBell(scope: TenantScope): Promise<Bell> {
  authorize(scope, "notification.read");
  return asTenant(scope, async (tx) => ({
    unread: await countUnread(tx, scope),
    latest: await rowsOf(tx, scope, {}, IN_BELL),
  }));
}

export type Preference = Channels & { readonly kind: NoticeKind };

/** How the person hears of each kind: what they chose, else the default. */
export async function listPreferences(scope: TenantScope): Promise<Preference[]> {
  authorize(scope, "notification.read");
  const chosen = await asTenant(scope, (tx) =>
    tx
      .select({
        kind: notificationPreferences.kind,
        inApp: notificationPreferences.inApp,
        byMail: notificationPreferences.byMail,
      })
      .from(notificationPreferences)
      .where(
        and(
          eq(notificationPreferences.tenantId, scope.tenantId),
          eq(notificationPreferences.userId, personOf(scope)),
        ),
      ),
  );
  return NOTICE_KINDS.map((kind) => ({
    kind,
    ...channelsFor(kind, chosen.find((row) => row.kind === kind) ?? null),
  }));
}
