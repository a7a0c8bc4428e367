/** Tokens of one answer. Cached input tokens are part of the input tokens. */
export type TokenUsage = {
  inputTokens: number;
  outputTokens: number;
  cachedInputTokens: number;
  totalTokens: number;
};

export type CheckedUsage = { usage: TokenUsage; usageTrusted: boolean };

/** No single answer of any model is larger; a number above it is a defect of the provider. */
const MAX_TOKENS_PER_CALL = 1_000_000_000;

export const NO_USAGE: TokenUsage = { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0, totalTokens: 0 };

type ReportedUsage = {
  inputTokens?: number | undefined;
  outputTokens?: number | undefined;
  cachedInputTokens?: number | undefined;
};

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0 && value <= MAX_TOKENS_PER_CALL;
}

/**
 * What a provider reported, made safe to bill. A count that is missing, negative, fractional, NaN or absurd is replaced
 * by our own count and the result is flagged `usageTrusted: false`, so that metering can hold it back.
 */
export function checkUsage(
  reported: ReportedUsage,
  ownCount: () => { inputTokens: number; outputTokens: number },
): CheckedUsage {
  const input = isCount(reported.inputTokens) ? reported.inputTokens : null;
  const output = isCount(reported.outputTokens) ? reported.outputTokens : null;
  const own = input === null || output === null ? ownCount() : null;
  const inputTokens = input ?? own?.inputTokens ?? 0;
  const outputTokens = output ?? own?.outputTokens ?? 0;
  const cached = reported.cachedInputTokens ?? 0;
  const isCachedPossible = isCount(cached) && cached <= inputTokens;
  return {
    usage: {
      inputTokens,
      outputTokens,
      cachedInputTokens: isCachedPossible ? cached : 0,
      totalTokens: inputTokens + outputTokens,
    },
    usageTrusted: own === null && isCachedPossible,
  };
}

export function addUsage(a: CheckedUsage, b: CheckedUsage): CheckedUsage {
  return {
    usage: {
      inputTokens: a.usage.inputTokens + b.usage.inputTokens,
      outputTokens: a.usage.outputTokens + b.usage.outputTokens,
      cachedInputTokens: a.usage.cachedInputTokens + b.usage.cachedInputTokens,
      totalTokens: a.usage.totalTokens + b.usage.totalTokens,
    },
    usageTrusted: a.usageTrusted && b.usageTrusted,
  };
}
