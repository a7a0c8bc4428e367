import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { PlanChanges } from "./plan-changes";

it("tells a plan that goes on from one that became another when what was paid was over", () => {
  const at = new Date("2026-02-10T00:00:00Z");
  const renewal = (id: string, from: [string, string], to: [string, string]) => ({
    id,
    kind: "renew",
    fromPlan: from[0],
    fromCycle: from[1],
    toPlan: to[0],
    toCycle: to[1],
    at,
    invoiceId: null,
  });
  const changes = [
    renewal("1", ["team", "monthly"], ["team", "monthly"]),
    renewal("2", ["team", "monthly"], ["starter", "monthly"]),
    renewal("3", ["team", "annual"], ["team", "monthly"]),
  ];
  const html = renderToStaticMarkup(<PlanChanges changes={changes} names={{}} />);
  const said = [...html.matchAll(/<span class="block">([^<]*)</g)].map(([, what]) => what);
  expect(said).toEqual(["Renewed", "Changed as asked for", "Changed to monthly"]);
});
