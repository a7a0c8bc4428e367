import { refused, StripeFault } from "./fault";
import type { Checked, Shape } from "./params";
import type { World } from "./world";

/** A request whose parameters were read. */
export type Call<P = Record<string, unknown>> = {
  readonly world: World;
  readonly params: P & { expand?: string[] };
  /** The parts of the address, as the route names them. */
  readonly path: Readonly<Record<string, string>>;
  readonly url: string;
  /** The connected account it is made for; "" for the platform. */
  readonly account: string;
  /** Came with the publishable key. */
  readonly isPublic: boolean;
};

export type Route = {
  readonly method: string;
  readonly parts: readonly string[];
  readonly shape: Shape;
  readonly isPublic: boolean;
  readonly handle: (call: Call<never>) => object;
};

/** A route: `"POST /v1/customers/:id"`, the parameters it takes, and what it does. */
export function route<S extends Shape>(
  address: string,
  shape: S,
  handle: (call: Call<Checked<S>>) => object,
  isPublic = false,
): Route {
  const [method = "", path = ""] = address.split(" ");
  return { method, parts: path.split("/").slice(1), shape, isPublic, handle };
}

/** A route that a browser may use with the publishable key. */
export function publicRoute<S extends Shape>(
  address: string,
  shape: S,
  handle: (call: Call<Checked<S>>) => object,
): Route {
  return route(address, shape, handle, true);
}

type Found = { route: Route; path: Record<string, string> };

/** The route of a request; what is not known is 404, as Stripe says it. */
export function findRoute(routes: readonly Route[], method: string, path: string): Found {
  const parts = path.split("/").slice(1);
  const fits = (candidate: Route) =>
    candidate.method === method &&
    candidate.parts.length === parts.length &&
    candidate.parts.every((part, index) => part.startsWith(":") || part === parts[index]);
  // A fixed name goes before a part that is any id.
  const [found] = routes.filter(fits).sort((a, b) => variables(a) - variables(b));
  if (!found) {
    const message = `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`;
    throw new StripeFault(404, { type: "invalid_request_error", message });
  }
  const named = found.parts.flatMap((part, index) =>
    part.startsWith(":") ? [[part.slice(1), decodeURIComponent(parts[index] ?? "")] as const] : [],
  );
  return { route: found, path: Object.fromEntries(named) };
}

const variables = (one: Route) => one.parts.filter((part) => part.startsWith(":")).length;

export type Caller = { isPublic: boolean };

/** Who calls, by the key of the request. Test keys alone: a live one never reaches a double. */
export function callerOf(authorization: string | undefined): Caller {
  const [scheme = "", value = ""] = (authorization ?? "").split(" ");
  const key = scheme === "Basic" ? Buffer.from(value, "base64").toString().split(":")[0] : value;
  if (!key) {
    throw refused(
      401,
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    );
  }
  if (/^[a-z]+_live_/.test(key))
    throw refused(401, "A live key was sent to a double of Stripe; it was not used.");
  if (/^(sk|rk)_test_\w{8,}$/.test(key)) return { isPublic: false };
  if (/^pk_test_\w{8,}$/.test(key)) return { isPublic: true };
  throw refused(401, `Invalid API Key provided: ${key.slice(0, 8)}****`);
}
