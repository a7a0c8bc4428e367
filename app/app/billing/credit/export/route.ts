import { authorize } from "@/lib/auth/authorize";
import { csvResponse, tenantRoute } from "@/lib/auth/route";
import { transactionCsv } from "@/lib/wallet/transaction-csv";
import { everyTransaction } from "@/lib/wallet/transactions";

/** Everything that changed the workspace's wallet. */
export const GET = tenantRoute(async (scope) => {
  // Before the first byte: what is refused later would only break the download off.
  authorize(scope, "billing.read");
  const today = new Date().toISOString().slice(0, 10);
  return csvResponse(transactionCsv(everyTransaction(scope, scope.tenantId)), `credit-${today}.csv`);
});
