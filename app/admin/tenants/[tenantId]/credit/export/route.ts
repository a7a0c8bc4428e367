import { csvResponse, platformRoute } from "@/lib/auth/route";
import { getTenantWallet } from "@/lib/wallet/queries";
import { transactionCsv } from "@/lib/wallet/transaction-csv";
import { everyTransaction } from "@/lib/wallet/transactions";

type Params = { params: Promise<{ tenantId: string }> };

/** Everything that changed a tenant's wallet. */
export const GET = platformRoute<Params>(async (scope, _request, { params }) => {
  const { tenantId } = await params;
  await getTenantWallet(scope, tenantId);
  return csvResponse(transactionCsv(everyTransaction(scope, tenantId)), `credit-${tenantId}.csv`);
});
