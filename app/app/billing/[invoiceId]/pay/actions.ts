"use server";

import { tenantAction } from "@/lib/action";
import { payInvoice } from "@/lib/payments/commands/pay-invoice";
import { payInvoiceInput } from "@/lib/payments/input";

export const payInvoiceAction = tenantAction(payInvoiceInput, payInvoice);
