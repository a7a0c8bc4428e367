import { closeDatabase } from "@/db/pool";
import { checkLedgerAsOperator } from "@/lib/billing/run-checks";

const findings = await checkLedgerAsOperator();
await closeDatabase();
for (const finding of findings) {
  console.log(`${finding.count === 0 ? "ok  " : "FAIL"} ${finding.id.padEnd(4)} ${finding.title}`);
  for (const subject of finding.subjects) console.log(`       ${subject}`);
  if (finding.count > finding.subjects.length)
    console.log(`       and ${finding.count - finding.subjects.length} more`);
}
const broken = findings.filter((finding) => finding.count > 0).length;
console.log(broken === 0 ? "The books are in order." : `${broken} of ${findings.length} checks failed.`);
process.exitCode = broken === 0 ? 0 : 1;
