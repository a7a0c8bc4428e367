import { z } from "zod";
import { count, fromMicros, id } from "@/lib/api/schemas";
import { CAP_ANSWERS, CAP_PERIODS, CAP_SCOPES, extendCapInput, setCapInput } from "@/lib/wallet/caps/input";
import { defineOperation } from "../operation";

const params = z.object({ capId: z.uuid() });

const cap = z
  .object({
    id,
    scope: z.enum(CAP_SCOPES).meta({
      description: "`tenant`: everything. `agent`: one agent. `run`: each run.",
      examples: ["tenant"],
    }),
    agentId: id.nullable().meta({ examples: [null] }),
    agentName: z
      .string()
      .nullable()
      .meta({ examples: [null] }),
    period: z.enum(CAP_PERIODS).meta({ description: "In UTC.", examples: ["month"] }),
    amount: fromMicros,
    isActive: z.boolean(),
    onReach: z.enum(CAP_ANSWERS).meta({
      description:
        "What an agent does that reaches it: `stop` waits, `switch` goes on with a cheaper model, `ask` asks the admins.",
      examples: ["stop"],
    }),
    switchAtPercent: count.meta({ examples: [80] }),
    fallbackModelKey: z
      .string()
      .nullable()
      .meta({ examples: [null] }),
    spent: fromMicros.meta({ description: "Today or this month; zero for each run." }),
    held: fromMicros.meta({ description: "Set aside for steps under way." }),
    extra: fromMicros.meta({ description: "Allowed on top, today or this month alone." }),
  })
  .meta({ id: "Cap" });

export const listCapsOperation = defineOperation({
  id: "listCaps",
  method: "get",
  path: "/caps",
  tag: "Caps",
  summary: "List caps",
  description: "With how far they are used today and this month.",
  apiScope: "invoices:read",
  response: z.object({ data: z.array(cap) }),
});

const setCapResponse = z.object({
  id,
  cap: cap
    .nullable()
    .meta({ description: "As it is now; null for a key without the scope `invoices:read`." }),
});

export const setCapOperation = defineOperation({
  id: "setCap",
  method: "post",
  path: "/caps",
  tag: "Caps",
  summary: "Set a cap",
  description:
    "One for each place and period: the one that is there is changed, so that a repeated call does no harm. It holds at once, with what was spent since its day or month began. A cap is kept to the cent: what does not fit waits, and looks again when it is changed.",
  apiScope: "caps:write",
  body: setCapInput,
  response: setCapResponse,
  refuses: ["not_found"],
  example: { body: { scope: "tenant", period: "month", amount: "500.00" } },
});

export const extendCapOperation = defineOperation({
  id: "extendCap",
  method: "post",
  path: "/caps/{capId}/extend",
  tag: "Caps",
  summary: "Allow more for now",
  description:
    "On top of a cap in the running day or month alone, instead of what was allowed there before; `0` takes it back. Of each run there is none: set a higher cap.",
  apiScope: "caps:write",
  params,
  body: extendCapInput.omit({ capId: true }),
  response: setCapResponse,
  refuses: ["precondition"],
  example: { body: { extra: "25.00" } },
});

export const removeCapOperation = defineOperation({
  id: "removeCap",
  method: "delete",
  path: "/caps/{capId}",
  tag: "Caps",
  summary: "Remove a cap",
  description: "What waits for it goes on, as far as there is credit.",
  apiScope: "caps:write",
  params,
  response: "none",
});

export type CapOut = z.input<typeof cap>;
