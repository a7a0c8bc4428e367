import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { expanded } from "./expand";
import { invalid, refused, StripeFault } from "./fault";
import { type Answer, IdempotencyKeys } from "./idempotency";
import { CallOrders, type Trouble } from "./orders";
import { checkParams } from "./params";
import { type Call, callerOf, findRoute, type Route } from "./router";
import { ROUTES } from "./routes";
import type { Webhooks } from "./webhooks";
import type { World } from "./world";

/** A call as it came, and what was answered; `isReplay` when the answer is one of before. */
export type JournalEntry = {
  readonly method: string;
  readonly path: string;
  readonly params: string;
  readonly key: string | null;
  readonly account: string;
  status: number | null;
  isReplay: boolean;
};

const SLOW_MS = 400;

const REFUSED = invalid("The request was refused.", { code: "transfers_not_allowed" });
const BUSY = new StripeFault(429, {
  type: "invalid_request_error",
  code: "rate_limit",
  message: "Request rate limit exceeded.",
});
const BROKEN = new StripeFault(500, { type: "api_error", message: "An unknown error occurred" });

type Request = { method: string; path: string; params: string; key: string | null; account: string };

/** Stripe's API: who calls, what was asked before under the same key, what is asked, and what goes wrong on order. */
export class Api {
  readonly orders = new CallOrders();
  readonly journal: JournalEntry[] = [];
  private readonly keys: IdempotencyKeys;

  constructor(
    private readonly world: World,
    private readonly webhooks: Webhooks,
  ) {
    this.keys = new IdempotencyKeys(world.clock);
  }

  /** Answers one call. */
  async answer(incoming: IncomingMessage, body: string, response: ServerResponse): Promise<void> {
    const { method = "", headers } = incoming;
    const url = new URL(incoming.url ?? "", this.world.origin);
    const header = (name: string) => [headers[name]].flat()[0] ?? null;
    const request: Request = {
      method,
      path: url.pathname,
      params: method === "POST" ? body : url.search.slice(1),
      key: method === "POST" ? header("idempotency-key") : null,
      account: header("stripe-account") ?? "",
    };
    const entry: JournalEntry = { ...request, status: null, isReplay: false };
    this.journal.push(entry);
    const requestId = this.world.id("req", 14);
    response.setHeader("request-id", requestId);
    response.setHeader("stripe-version", this.world.apiVersion);
    response.setHeader("access-control-allow-origin", "*");
    const trouble = this.orders.take(request.method, request.path);
    if (trouble === "cut_before") return cut(response);

    const { answer, isReplay } = await this.keep(request, headers.authorization, requestId, trouble);
    entry.isReplay = isReplay;
    this.world.clock.takeDue();
    if (trouble === "cut_after") return cut(response);
    if (trouble === "hang_after") return;
    if (trouble === "late") await this.webhooks.idle();
    entry.status = answer.status;
    if (isReplay) response.setHeader("idempotent-replayed", "true");
    if (request.key) response.setHeader("idempotency-key", request.key);
    response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
  }

  /** The answer, from before where the key is known; kept where the call began. */
  private async keep(
    request: Request,
    authorization: string | undefined,
    requestId: string,
    trouble: Trouble | null,
  ): Promise<{ answer: Answer; isReplay: boolean }> {
    const { key, account } = request;
    const fault = (error: unknown): Answer => {
      const known = error instanceof StripeFault ? error : unexpected(error);
      return { status: known.status, body: JSON.stringify(known.body(requestId), null, 2), requestId };
    };
    let isBegun = false;
    try {
      const caller = callerOf(authorization);
      const known = key ? this.keys.begin(account, key, request.path, request.params) : null;
      if (known) return { answer: known, isReplay: true };
      isBegun = key !== null;
      if (trouble === "busy") throw BUSY;
      if (trouble === "slow") await sleep(SLOW_MS);
      const run = this.prepare(request, caller.isPublic);
      const answer = this.attempt(run, request, requestId, trouble, fault);
      if (key) this.keys.keep(account, key, answer);
      return { answer, isReplay: false };
    } catch (error) {
      // It never began: what it asked was not understood. The key may be used again.
      if (key && isBegun) this.keys.forget(account, key);
      return { answer: fault(error), isReplay: false };
    }
  }

  /** Finds the route and reads the parameters; what fails here has begun nothing. */
  private prepare(request: Request, isPublic: boolean): () => object {
    const { world } = this;
    const { route, path } = findRoute(ROUTES, request.method, request.path);
    if (isPublic && !route.isPublic) {
      throw refused(
        403,
        "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.",
      );
    }
    const params = checkParams(route.shape, request.params);
    const call: Call = { world, params, path, url: request.path, account: request.account, isPublic };
    return () => expanded(world, handled(route, call), params.expand ?? []);
  }

  private attempt(
    run: () => object,
    { key }: Request,
    requestId: string,
    trouble: Trouble | null,
    fault: (error: unknown) => Answer,
  ): Answer {
    if (trouble === "fail_before") return fault(BROKEN);
    if (trouble === "refuse") return fault(REFUSED);
    this.world.request = { id: requestId, idempotencyKey: key };
    try {
      const body = JSON.stringify(run(), null, 2);
      return trouble === "fail_after" ? fault(BROKEN) : { status: 200, body, requestId };
    } catch (error) {
      return fault(error);
    } finally {
      this.world.request = null;
    }
  }
}

/** The parameters were checked against the route's own shape. */
function handled(route: Route, call: Call): object {
  return route.handle(call as Call<never>);
}

function cut(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}

/** A mistake of the double: told as Stripe tells its own, and to whoever runs it. */
function unexpected(error: unknown): StripeFault {
  console.error("the Stripe double failed:", error);
  const message = error instanceof Error ? error.message : String(error);
  return new StripeFault(500, { type: "api_error", message: `The double failed: ${message}` });
}
