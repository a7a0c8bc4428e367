import { and, desc, eq } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { emails } from "@/db/schema/system";

/** The newest mails to an address, newest first: their subjects and links. */
export function mailsTo(recipient: string): Promise<{ subject: string; actionUrl: string | null }[]> {
  return asSystem("test", (tx) =>
    tx
      .select({ subject: emails.subject, actionUrl: emails.actionUrl })
      .from(emails)
      .where(and(eq(emails.recipient, recipient)))
      .orderBy(desc(emails.id)),
  );
}

/** The secret in the newest link of a kind that was sent to an address. */
export async function tokenSentTo(recipient: string, path: string): Promise<string> {
  const mail = (await mailsTo(recipient)).find((sent) => sent.actionUrl?.includes(path));
  const token = mail?.actionUrl?.split("/").at(-1);
  if (!token) throw new Error(`no mail with ${path} was sent to ${recipient}`);
  return token;
}
