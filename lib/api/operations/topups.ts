import { z } from "zod";
import { fromCents, fromNumeric, id, instant, pageOf, pagingQuery } from "@/lib/api/schemas";
import { startTopupInput } from "@/lib/payments/input";
import { defineOperation } from "../operation";

const topup = z
  .object({
    id,
    kind: z.enum(["manual", "auto"]).meta({
      description: "`auto`: bought by itself, as little was left.",
      examples: ["manual"],
    }),
    status: z.enum(["pending", "paid", "failed", "canceled", "expired", "refunded", "disputed"]).meta({
      description: "`pending`: to be paid. The credit is there once it is `paid`.",
      examples: ["pending"],
    }),
    amount: fromNumeric.meta({ description: "The credit." }),
    tax: fromCents,
    total: fromCents.meta({ description: "What is to be paid: the credit and its tax." }),
    createdAt: instant,
    pay: z
      .object({
        by: z.enum(["card", "bank_transfer"]).meta({ examples: ["card"] }),
        url: z.url().meta({
          description: "Where an admin, signed in, pays it or reads how.",
          examples: [
            "https://hirebuddha.example/app/billing/top-up?pay=0193a5c2-7d1e-7c3a-9b52-4f0e8a6d1b27",
          ],
        }),
        reference: z
          .string()
          .nullable()
          .meta({ description: "What a bank transfer has to say.", examples: [null] }),
      })
      .nullable()
      .meta({ description: "How `total` is paid; null when nothing is to be paid any more." }),
  })
  .meta({ id: "TopUp" });

export const createTopUpOperation = defineOperation({
  id: "createTopUp",
  method: "post",
  path: "/topups",
  tag: "Credit",
  summary: "Order credit",
  description:
    "Orders credit and says what is to be paid, how, and where. By card: an admin opens `pay.url`. Where cards are not accepted, by bank transfer with `pay.reference`. The credit is there once the money has come. A key of a call that asked for another amount is refused with 409.",
  apiScope: "billing:write",
  isIdempotent: true,
  body: z.strictObject({
    amount: startTopupInput.shape.amount.describe("In dollars, whole cents: from 5 to 10000."),
  }),
  response: topup,
  status: 201,
  when: "Ordered; `pay` says how it is paid.",
  orStatus: { status: 200, when: "A replay: what the first call ordered, as it stands by now." },
  refuses: ["conflict", "precondition", "upstream"],
  example: { body: { amount: "50.00" } },
});

export const listTopUpsOperation = defineOperation({
  id: "listTopUps",
  method: "get",
  path: "/topups",
  tag: "Credit",
  summary: "List top-ups",
  description: "Newest first.",
  apiScope: "invoices:read",
  query: z.strictObject(pagingQuery),
  response: pageOf(topup),
});

export const getTopUpOperation = defineOperation({
  id: "getTopUp",
  method: "get",
  path: "/topups/{topupId}",
  tag: "Credit",
  summary: "Get a top-up",
  apiScope: "invoices:read",
  params: z.object({ topupId: z.uuid() }),
  response: topup,
});

export type TopUpOut = z.input<typeof topup>;
