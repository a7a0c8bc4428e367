import { createHash } from "node:crypto";
import { KIND_FACTS, type NoticeKind } from "./kinds";

/** The ids a notice is about, such as `executionId`. */
export type NoticeIds = Readonly<Record<string, string>>;

/** What an endpoint is sent. Ids, names and a link: never what a prompt, a document or a run's data says. */
export type WebhookPayload = {
  readonly id: string;
  readonly type: string;
  readonly createdAt: string;
  readonly data: Readonly<Record<string, string>>;
};

/** The id of a message: the same for every try, every endpoint and every repetition of one event of a tenant. */
export function messageIdOf(tenantId: string, dedupeKey: string): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([tenantId, dedupeKey]))
    .digest("hex");
  return `msg_${hash.slice(0, 32)}`;
}

/** @param url the whole address of the page of the console that shows more */
export function noticePayload(
  messageId: string,
  notice: { kind: NoticeKind; title: string; ids: NoticeIds },
  url: string,
  createdAt: Date,
): WebhookPayload {
  return {
    id: messageId,
    type: notice.kind,
    createdAt: createdAt.toISOString(),
    data: { ...notice.ids, title: KIND_FACTS[notice.kind].eventTitle ?? notice.title, href: url },
  };
}
