import { RESOURCES, type ResourceType } from "@/lib/metering/resources";

type PricedModel = { modelKey: string; modelType: string };
type Price = { resourceType: string; modelKey: string | null; effectiveFrom: Date; effectiveTo: Date | null };

const NEEDED: Readonly<Record<string, readonly ResourceType[]>> = {
  text: ["text_tokens_input", "text_tokens_output"],
  embedding: ["embedding_tokens"],
};

/**
 * What a model uses that has no price at an instant, by name: work with it would be refused. A price for every model
 * counts.
 */
export function missingPrices(model: PricedModel, prices: readonly Price[], now: Date): string[] {
  return (NEEDED[model.modelType] ?? [])
    .filter(
      (resourceType) =>
        !prices.some(
          (price) =>
            price.resourceType === resourceType &&
            (price.modelKey === null || price.modelKey === model.modelKey) &&
            price.effectiveFrom <= now &&
            (price.effectiveTo === null || price.effectiveTo > now),
        ),
    )
    .map((resourceType) => RESOURCES[resourceType].label.toLowerCase());
}
