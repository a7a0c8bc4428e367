import fc from "fast-check";
import { expect } from "vitest";
import type { StripeDouble } from "@/e2e/stripe/server";
import { deliver, deliverAnyhow, eventIds } from "@/lib/stripe/testing";
import { brokenMoney } from "@/lib/wallet/testing";

/** What happens at Stripe, and here, with some of it heard in between; gives what must hold once all of it was heard. */
type Story = (
  draw: () => number,
  hearSome: () => Promise<void>,
  from: number,
) => Promise<() => Promise<void>>;

/** Tells a story to a property: it draws what it needs, and everything is heard once more in the end. */
export const anyOrder =
  (double: StripeDouble) =>
  (numRuns: number, story: Story): Promise<void> =>
    fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat(1000)), async (numbers) => {
        const draw = () => numbers.next().value ?? 0;
        const from = eventIds(double).length;
        const hearSome = () => deliverAnyhow(double, eventIds(double, from), draw);
        const check = await story(draw, hearSome, from);
        await hearSome();
        await deliver(double, eventIds(double, from).toReversed());
        await check();
        expect(await brokenMoney()).toEqual([]);
      }),
      { numRuns },
    );
