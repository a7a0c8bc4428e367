import { formatCount, formatDuration } from "@/components/shared/format";
import { Money } from "@/components/shared/money";
import { StatusBadge } from "@/components/shared/status-badge";
import { describeResource } from "@/lib/metering/resources";
import { formatMicros } from "@/lib/money";
import type { StepCall, StepCharge } from "@/lib/runs/step-queries";

const CALL_LOOK: Readonly<Record<string, { status: string; label: string }>> = {
  settled: { status: "completed", label: "Completed" },
  started: { status: "running", label: "Running" },
  failed: { status: "failed", label: "Failed" },
  uncertain: { status: "unknown", label: "Uncertain, not billed" },
};

/** What a model was asked for. */
const PURPOSES: Readonly<Record<string, string>> = {
  agent: "Answer",
  llm: "Answer",
  playground: "Answer",
  classify: "Choice of a category",
  embedding: "Search in documents",
};

function tokensOf(call: StepCall): string {
  if (call.inputTokens === null) return "Tokens are counted when it ends";
  const input = `${formatCount(call.inputTokens)} tokens in`;
  return call.purpose === "embedding" ? input : `${input}, ${formatCount(call.outputTokens ?? 0)} out`;
}

/** The calls of models in a step: tokens, time and how each ended. */
export function ModelCallList({
  calls,
  names,
}: {
  calls: readonly StepCall[];
  /** What the models are called. */
  names: Readonly<Record<string, string>>;
}) {
  return (
    <ul className="divide-y rounded-lg border text-sm">
      {calls.map((call) => {
        const name = names[call.modelKey];
        const look = CALL_LOOK[call.status] ?? { status: call.status, label: call.status };
        return (
          <li
            key={call.id}
            className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1.5 px-3 py-2.5"
          >
            <span className="min-w-0">
              <span className="wrap-anywhere block font-medium">
                {name ?? call.modelKey}{" "}
                {name && name !== call.modelKey ? (
                  <code className="font-mono font-normal text-muted-foreground text-xs">{call.modelKey}</code>
                ) : null}
              </span>
              <span className="tabular block text-muted-foreground text-xs">
                {PURPOSES[call.purpose] ?? call.purpose}: {tokensOf(call)}
                {call.latencyMs === null ? "" : `, ${formatDuration(call.latencyMs)}`}
              </span>
            </span>
            <StatusBadge {...look} />
            {call.errorMessage ? (
              <span className="basis-full text-danger text-xs">{call.errorMessage}</span>
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}

/** How a ledger row came to its amount: `50 tokens at $25.00 a million`, `1 at $0.003`. */
function calculation({ unit, quantity, rateMicros }: StepCharge): string {
  const price = formatMicros(BigInt(rateMicros), { exact: true });
  if (unit !== "1M_tokens") return `${Number(quantity)} at ${price}`;
  const tokens = Math.round(Number(quantity) * 1_000_000);
  return `${formatCount(tokens)} ${tokens === 1 ? "token" : "tokens"} at ${price} a million`;
}

/** What a step cost, row by row of the ledger. */
export function ChargeList({
  charges,
  names,
}: {
  charges: readonly StepCharge[];
  /** What the models are called. */
  names: Readonly<Record<string, string>>;
}) {
  const called = (modelKey: string | null) => modelKey && (names[modelKey] ?? modelKey);
  const total = charges.reduce((sum, charge) => sum + BigInt(charge.costMicros), 0n);
  return (
    <ul className="divide-y rounded-lg border text-sm">
      {charges.map((charge) => (
        <li key={charge.id} className="flex items-center justify-between gap-4 px-3 py-2.5">
          <span className="min-w-0">
            <span className="wrap-anywhere block">
              {describeResource(charge.resourceType, called(charge.modelKey))}
            </span>
            <span className="tabular block text-muted-foreground text-xs">{calculation(charge)}</span>
          </span>
          <Money micros={charge.costMicros} exact />
        </li>
      ))}
      <li className="flex items-center justify-between gap-4 bg-muted/60 px-3 py-2.5 font-medium">
        <span>Total</span>
        <Money micros={total} exact />
      </li>
    </ul>
  );
}
