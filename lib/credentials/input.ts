import { z } from "zod";
import { headerName, OF_THE_CONNECTION, strangeInHeader } from "@/lib/http/header";
import { hostList } from "@/lib/http/host-list";
import { seenLength } from "@/lib/seen-length";

const MAX_HOSTS = 20;
const MAX_VALUE = 8_000;

/** Nor is what a call says of its body and of itself. */
const NOT_CREDENTIALS: ReadonlySet<string> = new Set([
  ...OF_THE_CONNECTION,
  ...["content-type", "accept-encoding", "idempotency-key", "user-agent"],
]);

const name = z
  .string("Give the credential a name.")
  .trim()
  .refine((text) => seenLength(text) > 0, "Give the credential a name.")
  .max(80, "Use at most 80 characters.");

const header = headerName.refine(
  (text) => !NOT_CREDENTIALS.has(text.toLowerCase()),
  "Nobody signs in by this header.",
);

const hosts = hostList(MAX_HOSTS).refine((list) => list.length > 0, "Name at least one host.");

const value = z
  .string("Enter the value.")
  .trim()
  .max(MAX_VALUE, "At most 8,000 characters.")
  .superRefine((text, context) => {
    const strange = strangeInHeader(text);
    if (strange === null) return;
    context.addIssue({ code: "custom", message: `A header cannot hold “${strange}”.` });
  });

export const createCredentialInput = z.strictObject({
  name,
  headerName: header,
  hosts,
  value: value.refine((text) => text !== "", "Enter the value."),
});
export type CreateCredentialInput = z.output<typeof createCredentialInput>;

const credentialId = z.uuid("This credential does not exist.");

export const updateCredentialInput = z.strictObject({
  credentialId,
  name,
  headerName: header,
  hosts,
  /** Empty keeps the one that is there. */
  value: value.default(""),
});
export type UpdateCredentialInput = z.output<typeof updateCredentialInput>;

export const credentialInput = z.strictObject({ credentialId });
