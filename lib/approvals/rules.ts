import { z } from "zod";
import { type InputField, inputField } from "@/lib/workflows/kinds/input";

const stored = z.union([
  z.object({ anyone: z.literal(true) }),
  z.object({ admins: z.boolean(), userIds: z.array(z.string()) }),
]);

/** Who may answer, as it was when the question was asked. */
export type Approvers = z.infer<typeof stored>;

/** Somebody of the workspace, or a key acting for the person who made it. */
export type Answerer = { readonly userId: string; readonly role: string };

/** Reads what is stored. What is not understood lets nobody answer but the admins. */
export function readApprovers(value: unknown): Approvers {
  const parsed = stored.safeParse(value);
  return parsed.success ? parsed.data : { admins: true, userIds: [] };
}

/** Who may answer of those who were asked, by who is still in the workspace: the admins, when nobody is. */
export function approversLeft(approvers: Approvers, here: ReadonlySet<string>): Approvers {
  if ("anyone" in approvers) return approvers;
  const userIds = approvers.userIds.filter((id) => here.has(id));
  return { admins: approvers.admins || userIds.length === 0, userIds };
}

/** Whether somebody is among those who were asked. A key does what an admin may: only an admin makes one. */
export function mayAnswer(approvers: Approvers, { userId, role }: Answerer): boolean {
  if ("anyone" in approvers) return true;
  return (approvers.admins && role !== "user") || approvers.userIds.includes(userId);
}

/** The fields the person fills in. */
export function readFields(value: unknown): readonly InputField[] {
  const parsed = z.array(inputField).safeParse(value);
  return parsed.success ? parsed.data : [];
}

/** Who says no need not fill in what only a yes needs. */
export function fieldsToCheck(
  fields: readonly InputField[],
  decision: "approved" | "rejected",
): readonly InputField[] {
  return decision === "approved" ? fields : fields.map((field) => ({ ...field, required: false }));
}

type Outcome = {
  readonly status: string;
  readonly expiresAt: Date | null;
  readonly answeredByName: string | null;
};

/** Why nobody is asked any more, of a question that nobody answered. */
export function whyUnanswered({ status, expiresAt }: Pick<Outcome, "status" | "expiresAt">): string {
  if (status === "cancelled") return "The run was ended before anybody answered.";
  // Without a limit of time it is over because the money that it asked for is there.
  if (expiresAt === null) return "The run could go on before anybody answered.";
  return "The time for an answer was over before anybody gave one.";
}

/** How a question ended, for whoever was told of it; null while it waits for an answer. */
export function outcomeOf(question: Outcome): string | null {
  const { status, answeredByName } = question;
  if (status === "pending") return null;
  if (status !== "approved" && status !== "rejected") return whyUnanswered(question);
  return `${answeredByName ?? "Somebody who has left"} ${status} this. Nothing is left to do.`;
}
