import type { LedgerCheck } from "./checks/check";
import { DOCUMENT_CHECKS } from "./checks/documents";
import { ENTRY_CHECKS } from "./checks/entries";
import { MONEY_CHECKS } from "./checks/money";
import { TRIGGER_CHECKS } from "./checks/triggers";

const numberOf = ({ id }: LedgerCheck) => Number(id.slice(1)) + (id.startsWith("R") ? 100 : 0);

/**
 * The rules the books must always obey, each as a query that finds the rows breaking it. Those that the database
 * refuses by itself (constraints and triggers) are asked again all the same: an owner can switch a trigger off.
 */
export const LEDGER_CHECKS: readonly LedgerCheck[] = [
  ...ENTRY_CHECKS,
  ...TRIGGER_CHECKS,
  ...MONEY_CHECKS,
  ...DOCUMENT_CHECKS,
].sort((a, b) => numberOf(a) - numberOf(b));

export type LedgerFinding = { id: string; title: string; subjects: string[]; count: number };
