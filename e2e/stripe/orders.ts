/**
 * What goes wrong with a call. `before` and `after` say whether its work was done: a 500 that is kept under the key, a
 * refusal, a broken connection, an answer that says to come back later, one that never comes, one that comes behind its
 * webhooks.
 */
export type Trouble =
  | "fail_before"
  | "fail_after"
  | "refuse"
  | "cut_before"
  | "cut_after"
  | "busy"
  | "hang_after"
  | "late"
  | "slow";

export type CallOrder = {
  /** `POST /v1/payment_intents`; a `*` stands for any part of the address. */
  call: string;
  do: Trouble;
  /** How many calls; one when left out. */
  times?: number | undefined;
};

/** The orders for calls that are still to come. */
export class CallOrders {
  private readonly orders: (CallOrder & { times: number })[] = [];

  add(order: CallOrder): void {
    this.orders.push({ ...order, times: order.times ?? 1 });
  }

  /** What is to become of this call; taking it uses it up. */
  take(method: string, path: string): Trouble | null {
    const order = this.orders.find(({ call }) => patternOf(call).test(`${method} ${path}`));
    if (!order) return null;
    order.times -= 1;
    if (order.times <= 0) this.orders.splice(this.orders.indexOf(order), 1);
    return order.do;
  }

  reset(): void {
    this.orders.length = 0;
  }
}

function patternOf(call: string): RegExp {
  const parts = call.split("*").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^/]+")}$`);
}
