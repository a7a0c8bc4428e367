import "server-only";
import { and, asc, eq, inArray, or, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { users } from "@/db/schema/auth";
import {
  notificationPreferences,
  notifications,
  webhookDeliveries,
  webhookEndpoints,
} from "@/db/schema/notifications";
import { type TenantScope, USER_ROLES } from "@/db/scope";
import { currentTime } from "@/lib/clock";
import { cut } from "@/lib/cut";
import { noticeMessage } from "@/lib/email/messages";
import { queueMail } from "@/lib/email/queue";
import { env } from "@/lib/env";
import { type Channels, channelsFor, type NoticeKind } from "./kinds";
import { messageIdOf, type NoticeIds, noticePayload } from "./message";

export type Notice = {
  readonly kind: NoticeKind;
  /** One line. Goes out by webhook for every kind but `approval_asked`: names only, nothing of a run's data. */
  readonly title: string;
  /** Plain text; paragraphs are separated by empty lines. */
  readonly body: string;
  /** The console's page that shows more, from its root: `/app/runs/…`. */
  readonly href: string;
  /** Within a tenant: whoever was told of this key is not told again. */
  readonly dedupeKey: string;
  /** The same for endpoints, where they are told of each one of what people are shown as one. */
  readonly eventKey?: string;
  /** Active people of the tenant; who belongs to several of these is told once. */
  readonly to: { readonly admins?: true; readonly members?: true; readonly userIds?: readonly string[] };
  /** What it is about, for outgoing webhooks: `{executionId}`. */
  readonly ids?: NoticeIds;
  /** Counts what comes again under the same key in the notification itself, which becomes unread. */
  readonly isCounted?: true;
};

const MAX_TITLE = 200;
const MAX_BODY = 2_000;

/** A title is also the subject of a mail: one line. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function clip(text: string, most: number): string {
  return text.length > most ? `${cut(text, most - 1)}…` : text;
}

/**
 * Tells people and the tenant's own systems of something, in the caller's transaction: one notification for each person
 * who wants it in the console, one mail for each who wants it by mail, one message for each endpoint that listens.
 * Telling the same `dedupeKey` twice does nothing more. After the commit, `dispatchNotices()` sends at once what the
 * sweeps would send within a minute.
 * @param tx a transaction of `asTenant` or `asWorker`
 */
export async function notify(tx: Tx, scope: TenantScope, notice: Notice): Promise<void> {
  const told = {
    ...notice,
    title: clip(oneLine(notice.title), MAX_TITLE),
    body: clip(notice.body, MAX_BODY),
  };
  const people = await recipientsOf(tx, scope, told);
  await writeNotifications(
    tx,
    scope,
    told,
    people.filter((person) => person.channels.inApp).map((person) => person.id),
  );
  for (const person of people) {
    if (person.channels.byMail && person.isVerified) await mailTo(tx, person, told);
  }
  await queueDeliveries(tx, scope, told);
}

type Recipient = { id: string; email: string; isVerified: boolean; channels: Channels };

/** In the order of their ids: two transactions that tell the same people never wait for each other. */
async function recipientsOf(tx: Tx, scope: TenantScope, { kind, to }: Notice): Promise<Recipient[]> {
  const wanted = [
    ...(to.members ? [sql`true`] : []),
    // A partner's or the platform's people are the admins of their own workspace.
    ...(to.admins
      ? [
          inArray(
            users.role,
            USER_ROLES.filter((role) => role !== "user"),
          ),
        ]
      : []),
    ...(to.userIds?.length ? [inArray(users.id, [...to.userIds])] : []),
  ];
  if (wanted.length === 0) return [];
  const rows = await tx
    .select({
      id: users.id,
      email: users.email,
      isVerified: users.isVerified,
      inApp: notificationPreferences.inApp,
      byMail: notificationPreferences.byMail,
    })
    .from(users)
    .leftJoin(
      notificationPreferences,
      and(
        eq(notificationPreferences.tenantId, users.tenantId),
        eq(notificationPreferences.userId, users.id),
        eq(notificationPreferences.kind, kind),
      ),
    )
    .where(and(eq(users.tenantId, scope.tenantId), eq(users.isActive, true), or(...wanted)))
    .orderBy(asc(users.id));
  return rows.map(({ id, email, isVerified, inApp, byMail }) => ({
    id,
    email,
    isVerified: isVerified ?? false,
    channels: channelsFor(kind, inApp === null || byMail === null ? null : { inApp, byMail }),
  }));
}

async function writeNotifications(
  tx: Tx,
  { tenantId }: TenantScope,
  notice: Notice,
  userIds: readonly string[],
): Promise<void> {
  if (userIds.length === 0) return;
  const { kind, title, body, href, dedupeKey } = notice;
  const insert = tx
    .insert(notifications)
    .values(userIds.map((userId) => ({ tenantId, userId, kind, title, body, href, dedupeKey })));
  if (!notice.isCounted) return void (await insert.onConflictDoNothing());
  await insert.onConflictDoUpdate({
    target: [notifications.tenantId, notifications.userId, notifications.dedupeKey],
    set: { occurrences: sql`${notifications.occurrences} + 1`, readAt: null },
  });
}

function mailTo(tx: Tx, person: Recipient, notice: Notice): Promise<void> {
  const { appUrl } = env();
  return queueMail(tx, {
    to: person.email,
    ...noticeMessage(notice, {
      url: appUrl + notice.href,
      preferencesUrl: `${appUrl}/app/notifications/preferences`,
    }),
    idempotencyKey: `notice:${person.id}:${notice.dedupeKey}`,
  });
}

async function queueDeliveries(tx: Tx, { tenantId }: TenantScope, notice: Notice): Promise<void> {
  const { kind, title, dedupeKey, eventKey = dedupeKey, ids = {} } = notice;
  const endpoints = await tx
    .select({ id: webhookEndpoints.id })
    .from(webhookEndpoints)
    .where(
      and(
        eq(webhookEndpoints.tenantId, tenantId),
        eq(webhookEndpoints.isActive, true),
        sql`${webhookEndpoints.kinds} @> ${JSON.stringify([kind])}::jsonb`,
      ),
    )
    // One that is removed at this moment is gone by then, or waits: what is told of must not fail for it.
    .for("key share");
  if (endpoints.length === 0) return;
  const messageId = messageIdOf(tenantId, eventKey);
  const payload = noticePayload(messageId, { kind, title, ids }, env().appUrl + notice.href, currentTime());
  await tx
    .insert(webhookDeliveries)
    .values(endpoints.map(({ id }) => ({ tenantId, endpointId: id, kind, messageId, payload })))
    .onConflictDoNothing();
}
