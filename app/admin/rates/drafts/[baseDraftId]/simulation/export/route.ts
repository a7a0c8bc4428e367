import { csvResponse, platformRoute } from "@/lib/auth/route";
import { parseInput } from "@/lib/parse";
import { simulationCsv } from "@/lib/pricebook/csv";
import { simulateInput } from "@/lib/pricebook/input";
import { simulateDraft } from "@/lib/pricebook/queries/simulation";

type Context = { params: Promise<{ baseDraftId: string }> };

export const GET = platformRoute(async (scope, request, { params }: Context) => {
  const given = Object.fromEntries(new URL(request.url).searchParams);
  const { window } = parseInput(simulateInput.omit({ draftId: true }), given);
  const simulation = await simulateDraft(scope, { draftId: (await params).baseDraftId, window });
  return csvResponse(simulationCsv(simulation), `price-simulation-${simulation.window.key}.csv`);
});
