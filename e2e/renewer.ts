/**
 * Somebody who pays for a plan by invoice: the first month is paid, and the second is asked for together with what was
 * used in the first. It is planted before the server starts.
 */
export const RENEWER = {
  fullName: "Rena Renewer",
  workspaceName: "Renewed Foods",
  email: "rena@renewer.example",
  password: "Quiet-terrace-lantern-42",
} as const;

/** What a month of the plan costs, and what was used beyond what it includes. */
export const RENEWAL = { fee: "$29.00", usage: "$12.00", both: "$41.00" } as const;
