/**
 * What is metered. `quantity` of the ledger is in the unit: tokens are counted in millions, so that a price keeps its
 * six decimals, and one token is exactly one millionth.
 */
export const RESOURCES = {
  text_tokens_input: { unit: "1M_tokens", label: "Input tokens", isPerModel: true },
  text_tokens_output: { unit: "1M_tokens", label: "Output tokens", isPerModel: true },
  embedding_tokens: { unit: "1M_tokens", label: "Embedding tokens", isPerModel: true },
  workflow_node: { unit: "node", label: "Workflow nodes", isPerModel: false },
} as const satisfies Record<string, { unit: string; label: string; isPerModel: boolean }>;

export type ResourceType = keyof typeof RESOURCES;
export type ResourceUnit = (typeof RESOURCES)[ResourceType]["unit"];

export const RESOURCE_TYPES = Object.keys(RESOURCES) as ResourceType[];

export const UNIT_LABELS: Readonly<Record<ResourceUnit, string>> = {
  "1M_tokens": "million tokens",
  node: "node",
};

export function isResourceType(value: string): value is ResourceType {
  return Object.hasOwn(RESOURCES, value);
}

/** Tokens as a ledger quantity in micros: exact, because the unit is a million tokens. */
export function tokenQuantity(tokens: number): bigint {
  return BigInt(tokens);
}

/** Whole things (nodes, pages) as a ledger quantity in micros. */
export function countQuantity(count: number): bigint {
  return BigInt(count) * 1_000_000n;
}

/** What models are called, by their keys. */
export type ModelNames = Readonly<Record<string, string>>;

/** A resource as a person reads it on an invoice or a chart, with the model where there is one. */
export function describeResource(
  resourceType: string,
  modelKey: string | null,
  models: ModelNames = {},
): string {
  const label = isResourceType(resourceType) ? RESOURCES[resourceType].label : resourceType;
  return modelKey === null ? label : `${label}, ${models[modelKey] ?? modelKey}`;
}
