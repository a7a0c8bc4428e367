import { z } from "zod";
import { cursorInput } from "@/lib/paging";

/** What the outbox page can be asked for: mails to an address, or to those that hold a part of one. */
export const listOutboxInput = z.strictObject({ to: z.string().trim().max(320).optional() });

export type ListOutboxInput = z.output<typeof listOutboxInput>;

export const listFailedMailsInput = z.strictObject({ cursor: cursorInput });
export const sendMailAgainInput = z.strictObject({ mailId: z.uuid() });
export const sendMailsAgainInput = z.strictObject({});
