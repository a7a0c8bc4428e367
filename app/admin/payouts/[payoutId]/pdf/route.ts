import { platformRoute } from "@/lib/auth/route";
import { payoutPdf } from "@/lib/payouts/pdf";
import { getAnyPayout } from "@/lib/payouts/queries";
import { fileNameOf } from "@/lib/payouts/statement";
import { pdfResponse } from "@/lib/pdf/response";

type Context = { params: Promise<{ payoutId: string }> };

export const GET = platformRoute<Context>(async (scope, _request, { params }) => {
  const payout = await getAnyPayout(scope, (await params).payoutId);
  return pdfResponse(await payoutPdf(payout), fileNameOf(payout));
});
