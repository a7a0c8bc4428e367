import Stripe from "stripe";
import { endpointsOf } from "./resources/events";
import type { World } from "./world";

/** What is to become of the next events of a kind; `type` may end in `*`. */
export type EventOrder = {
  type: string;
  do: "drop" | "duplicate" | "delay";
  /** How many events; all when left out. */
  times?: number | undefined;
  /** For `delay`. */
  seconds?: number | undefined;
};

/** One try to tell an endpoint of an event; `status` is null when nobody answered. */
export type Delivery = { eventId: string; type: string; endpointId: string; status: number | null };

/** Seconds between the tries, for three days, as Stripe's live mode goes on. */
const RETRIES = [10, 60, 600, 3600, 7200, 14_400, 28_800, 57_600, 86_400];
const ANSWER_MS = 10_000;

/** Signs a body as Stripe does. The time is the machine's: receivers compare it with theirs. */
export function signatureOf(
  payload: string,
  secret: string,
  timestamp = Math.floor(Date.now() / 1000),
): string {
  return Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
}

/** Tells endpoints of events: at once and in order, unless it is told to hold, lose, repeat or delay them. */
export class Webhooks {
  /** Every try, in order. */
  readonly log: Delivery[] = [];
  private readonly orders: EventOrder[] = [];
  private held: string[] | null = null;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly world: World) {
    world.onEvent = (event) => this.take(event);
  }

  order(order: EventOrder): void {
    this.orders.push(order);
  }

  /** From now on events wait for `send`. */
  hold(): void {
    this.held ??= [];
  }

  /** The ids of the events that wait, in the order they happened. */
  waiting(): readonly string[] {
    return this.held ?? [];
  }

  /** Sends these events, in this order, however often they are named. Resolves when they were answered or not. */
  async send(ids: readonly string[]): Promise<void> {
    const sent = new Set(ids);
    this.held = this.held?.filter((id) => !sent.has(id)) ?? null;
    for (const id of ids) this.queue(this.world.events.get(id));
    await this.idle();
  }

  /** Sends what waits, and holds nothing more. */
  async release(): Promise<void> {
    const ids = this.held ?? [];
    this.held = null;
    await this.send(ids);
  }

  /** Resolves once nothing is being sent. Tries that are planned for later do not count. */
  async idle(): Promise<void> {
    let seen: unknown;
    while (seen !== this.last) {
      seen = this.last;
      await this.last;
    }
  }

  reset(): void {
    this.orders.length = 0;
    this.log.length = 0;
    this.held = null;
  }

  private orderFor(event: Stripe.EventBase): EventOrder | undefined {
    const found = this.orders.find(({ type }) =>
      type.endsWith("*") ? event.type.startsWith(type.slice(0, -1)) : event.type === type,
    );
    if (found?.times !== undefined) {
      found.times -= 1;
      if (found.times <= 0) this.orders.splice(this.orders.indexOf(found), 1);
    }
    return found;
  }

  private take(event: Stripe.EventBase): void {
    event.pending_webhooks = endpointsOf(this.world, event).length;
    const order = this.orderFor(event);
    if (order?.do === "drop") return;
    if (order?.do === "delay") {
      this.world.clock.after(order.seconds ?? 60, () => this.queue(event));
      return;
    }
    if (this.held) {
      this.held.push(event.id);
      return;
    }
    this.queue(event);
    if (order?.do === "duplicate") this.queue(event);
  }

  private queue(event: Stripe.EventBase, attempt = 0): void {
    for (const endpoint of endpointsOf(this.world, event)) {
      this.last = this.last.then(() => this.tell(event, endpoint, attempt));
    }
  }

  private async tell(
    event: Stripe.EventBase,
    endpoint: Stripe.WebhookEndpoint,
    attempt: number,
  ): Promise<void> {
    const payload = JSON.stringify(event, null, 2);
    const status = await post(endpoint.url, payload, signatureOf(payload, endpoint.secret ?? ""));
    this.log.push({ eventId: event.id, type: event.type, endpointId: endpoint.id, status });
    if (status !== null && status >= 200 && status < 300) {
      event.pending_webhooks = Math.max(0, event.pending_webhooks - 1);
      return;
    }
    const wait = RETRIES[attempt];
    if (wait === undefined) return;
    this.world.clock.after(wait, () => {
      this.last = this.last.then(() => this.tell(event, endpoint, attempt + 1));
    });
  }
}

async function post(url: string, body: string, signature: string): Promise<number | null> {
  try {
    const response = await fetch(url, {
      method: "POST",
      body,
      headers: {
        "content-type": "application/json; charset=utf-8",
        "stripe-signature": signature,
        "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
      },
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return null;
  }
}
