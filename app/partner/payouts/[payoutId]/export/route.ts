import { csvResponse, partnerRoute } from "@/lib/auth/route";
import { toCsv } from "@/lib/csv";
import { getPayout } from "@/lib/payouts/queries";
import { fileNameOf, STATEMENT_HEADER, statementRows } from "@/lib/payouts/statement";

type Context = { params: Promise<{ payoutId: string }> };

export const GET = partnerRoute<Context>(async (scope, _request, { params }) => {
  const payout = await getPayout(scope, (await params).payoutId);
  return csvResponse(toCsv(STATEMENT_HEADER, statementRows(payout)), `${fileNameOf(payout)}.csv`);
});
