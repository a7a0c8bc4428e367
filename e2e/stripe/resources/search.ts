import type Stripe from "stripe";
import { invalid } from "../fault";
import { integer, takes, text } from "../params";
import { type Route, route } from "../router";
import type { World } from "../world";

type Searched = { id: string; created: number; metadata?: Stripe.Metadata | null };

const CLAUSE = /^\s*(?:metadata\['([^']+)'\]|(\w+))\s*:\s*'([^']*)'\s*$/;

/** `metadata['tenant']:'x' AND status:'open'`: what of Stripe's search language is understood; the rest is refused. */
function matcher(query: string): (row: Searched) => boolean {
  const clauses = query.split(/\sAND\s/).map((clause) => {
    const found = CLAUSE.exec(clause);
    if (!found) throw invalid(`We were unable to parse your search query: ${query}`, { param: "query" });
    const [, name, field = "", value = ""] = found;
    return (row: Searched) =>
      name
        ? row.metadata?.[name] === value
        : Object.entries(row).some(([key, own]) => key === field && own === value);
  });
  return (row) => clauses.every((clause) => clause(row));
}

/** `GET /v1/<kind>/search`. Stripe's index lags behind by up to a minute; here it does not. */
export function searchRoute(kind: string, rows: (world: World) => readonly Searched[]): Route {
  return route(
    `GET /v1/${kind}/search`,
    takes<Stripe.CustomerSearchParams>()({ query: text, limit: integer.optional(), page: text.optional() }),
    ({ world, params, url }) => {
      const fits = matcher(params.query);
      const found = rows(world).filter(fits).reverse();
      const start = Number(params.page ?? 0);
      const end = start + (params.limit ?? 10);
      return {
        object: "search_result",
        url,
        has_more: found.length > end,
        next_page: found.length > end ? String(end) : null,
        data: found.slice(start, end),
      };
    },
  );
}
