/** Somebody who owes an invoice since last week. It is planted before the server starts. */
export const DEBTOR = {
  fullName: "Olga Overdue",
  workspaceName: "Overdue Foods",
  email: "olga@overdue.example",
  password: "Quiet-orchard-lantern-40",
} as const;

/** What each of the two invoices asks for. */
export const DEBT = "$40.00";
