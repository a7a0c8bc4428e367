import { partnerRoute } from "@/lib/auth/route";
import { payoutPdf } from "@/lib/payouts/pdf";
import { getPayout } from "@/lib/payouts/queries";
import { fileNameOf } from "@/lib/payouts/statement";
import { pdfResponse } from "@/lib/pdf/response";

type Context = { params: Promise<{ payoutId: string }> };

export const GET = partnerRoute<Context>(async (scope, _request, { params }) => {
  const payout = await getPayout(scope, (await params).payoutId);
  return pdfResponse(await payoutPdf(payout), fileNameOf(payout));
});
