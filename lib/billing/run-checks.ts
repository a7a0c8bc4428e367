import "server-only";
import { sql } from "drizzle-orm";
import { asPlatform, asSystem, type Tx } from "@/db/access";
import type { PlatformScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { LEDGER_CHECKS, type LedgerFinding } from "./checks";

const SUBJECTS_SHOWN = 20;

async function runAll(tx: Tx): Promise<LedgerFinding[]> {
  const findings: LedgerFinding[] = [];
  for (const check of LEDGER_CHECKS) {
    const { rows } = await tx.execute<{ subject: string; total: number }>(
      sql`select subject, count(*) over ()::int as total from (${sql.raw(check.sql)}) broken limit ${SUBJECTS_SHOWN}`,
    );
    findings.push({
      id: check.id,
      title: check.title,
      subjects: rows.map((row) => row.subject),
      count: rows[0]?.total ?? 0,
    });
  }
  return findings;
}

/** Runs every check of the books for the operator's page. A check with `count` 0 holds. */
export async function checkLedger(scope: PlatformScope): Promise<LedgerFinding[]> {
  authorize(scope, "ledger.check");
  return asPlatform(scope, runAll);
}

/** The same from the command line, on the machine itself. */
export async function checkLedgerAsOperator(): Promise<LedgerFinding[]> {
  return asSystem("check-ledger", runAll);
}
