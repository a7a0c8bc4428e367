import { getHostedInvoice } from "@/lib/billing/hosted";
import { invoicePdf, pdfResponse } from "@/lib/billing/pdf";
import { AppError } from "@/lib/errors";

type Context = { params: Promise<{ token: string }> };

export async function GET(_request: Request, { params }: Context): Promise<Response> {
  try {
    const invoice = await getHostedInvoice((await params).token);
    return pdfResponse(await invoicePdf(invoice), invoice.invoiceNumber);
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found")
      return new Response("Not found", { status: 404 });
    throw error;
  }
}
