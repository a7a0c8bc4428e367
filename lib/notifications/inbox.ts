import { z } from "zod";

const inboxItem = z.object({
  id: z.string(),
  kind: z.string(),
  title: z.string(),
  href: z.string(),
  occurrences: z.number(),
  isRead: z.boolean(),
  createdAt: z.string(),
  /** What became of a question that is not open any more. */
  outcome: z.string().nullable(),
});

const inboxSchema = z.object({
  unread: z.number(),
  latest: z.array(inboxItem).readonly(),
  /** Questions of runs that wait for this person, counted no further than 100. */
  approvals: z.number(),
});

/** What the bell and the navigation show of what waits for a person. Times are ISO texts. */
export type Inbox = Readonly<z.infer<typeof inboxSchema>>;
export type InboxItem = Readonly<z.infer<typeof inboxItem>>;

/** An inbox as the server answered it; null when the answer is anything else, such as a page to sign in on. */
export async function readInbox(response: Response): Promise<Inbox | null> {
  if (!response.ok) return null;
  const body: unknown = await response.json().catch(() => null);
  return inboxSchema.safeParse(body).data ?? null;
}
