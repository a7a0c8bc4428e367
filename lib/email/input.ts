import { z } from "zod";

/** What the outbox page can be asked for: mails to an address, or to those that hold a part of one. */
export const listOutboxInput = z.strictObject({ to: z.string().trim().max(320).optional() });

export type ListOutboxInput = z.output<typeof listOutboxInput>;
