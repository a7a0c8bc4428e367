import { z } from "zod";
import { dayInput } from "@/lib/day";
import { cursorInput } from "@/lib/paging";

/** What an audit row can be about: the first half of its action, and what people call it. */
export const AUDIT_SUBJECTS = {
  session: "Sessions",
  account: "Accounts",
  member: "Team",
  invitation: "Invitations",
  api_key: "API keys",
  credential: "Credentials",
  workspace: "Workspace",
  tenant: "Workspace state",
  agent: "Agents",
  workflow: "Workflows",
  run: "Runs",
  document: "Documents",
  invoice: "Invoices",
  billing: "Billing",
  payment: "Payments",
  payment_method: "Payment methods",
  topup: "Top-ups",
  refund: "Refunds",
  dispute: "Disputes",
  access: "Refused access",
} as const;

const subjects = Object.keys(AUDIT_SUBJECTS) as [
  keyof typeof AUDIT_SUBJECTS,
  ...(keyof typeof AUDIT_SUBJECTS)[],
];

/** The filters of an audit list; days are UTC and both ends are included. */
export const auditFilterInput = z.strictObject({
  subject: z.enum(subjects).optional(),
  actor: z.uuid().optional(),
  result: z.enum(["done", "denied"]).optional(),
  from: dayInput.optional(),
  to: dayInput.optional(),
});
export type AuditFilter = z.output<typeof auditFilterInput>;

export const auditListInput = auditFilterInput.extend({ cursor: cursorInput });
export type AuditListInput = z.output<typeof auditListInput>;
