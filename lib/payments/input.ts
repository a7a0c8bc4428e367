import { z } from "zod";

/** One a click: the form makes it, and a second press of the same button sends the same one. */
export const requestKey = z.uuid("Load the page again.");

export const startSetupInput = z.strictObject({ requestKey });
export const chooseMethodInput = z.strictObject({ methodId: z.uuid(), requestKey });
export const removeMethodInput = z.strictObject({ methodId: z.uuid() });

export type StartSetupInput = z.output<typeof startSetupInput>;
export type ChooseMethodInput = z.output<typeof chooseMethodInput>;
export type RemoveMethodInput = z.output<typeof removeMethodInput>;
