import { z } from "zod";
import type { StripeDouble } from "./server";

/** What other processes may tell the double to do: a journey, or a person with curl. */
const command = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("advance"), seconds: z.number().positive() }),
  z.strictObject({
    do: z.literal("call"),
    call: z.string(),
    trouble: z.enum([
      "fail_before",
      "fail_after",
      "refuse",
      "cut_before",
      "cut_after",
      "busy",
      "hang_after",
      "late",
      "slow",
    ]),
    times: z.int().positive().optional(),
  }),
  z.strictObject({
    do: z.literal("event"),
    type: z.string(),
    trouble: z.enum(["drop", "duplicate", "delay"]),
    times: z.int().positive().optional(),
    seconds: z.number().positive().optional(),
  }),
  /** Puts money of the platform's on its balance, to be sent on. */
  z.strictObject({ do: z.literal("fund"), cents: z.int().positive() }),
  z.strictObject({ do: z.literal("hold") }),
  z.strictObject({ do: z.literal("send"), events: z.array(z.string()) }),
  z.strictObject({ do: z.literal("release") }),
  z.strictObject({ do: z.literal("idle") }),
  z.strictObject({ do: z.literal("journal") }),
]);

/** Runs one command of `POST /_double`, and tells what came of it. */
export async function runCommand(double: StripeDouble, body: string): Promise<object> {
  const asked = command.parse(JSON.parse(body));
  const { webhooks, api, world } = double;
  if (asked.do === "advance") world.clock.advance(asked.seconds);
  if (asked.do === "call") api.orders.add({ call: asked.call, do: asked.trouble, times: asked.times });
  if (asked.do === "event") webhooks.order({ ...asked, do: asked.trouble });
  if (asked.do === "fund") world.addAvailable("", asked.cents);
  if (asked.do === "hold") webhooks.hold();
  if (asked.do === "send") await webhooks.send(asked.events);
  if (asked.do === "release") await webhooks.release();
  if (asked.do === "idle" || asked.do === "advance") await webhooks.idle();
  return {
    now: world.now(),
    waiting: webhooks.waiting(),
    ...(asked.do === "journal" ? { calls: api.journal, deliveries: webhooks.log } : {}),
  };
}
