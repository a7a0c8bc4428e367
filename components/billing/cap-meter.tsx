import { Money } from "@/components/shared/money";
import { Progress } from "@/components/ui/progress";
import type { CapView } from "@/lib/wallet/caps/queries";

const PERIODS: Readonly<Record<string, string>> = { day: "a day", month: "a month", run: "a run" };

/** Whom a cap bounds, and for how long: `Ada, a day`. */
export function capName(cap: Pick<CapView, "scope" | "agentName" | "period">): string {
  if (cap.scope === "run") return "Each run";
  const who = cap.scope === "agent" ? (cap.agentName ?? "An agent") : "Everything";
  return `${who}, ${PERIODS[cap.period] ?? cap.period}`;
}

/** How far a cap is used now, with what is set aside for work under way. A cap of runs has no one window. */
export function CapMeter({ cap }: { cap: CapView }) {
  const bound = cap.amount + cap.extra;
  if (cap.scope === "run")
    return (
      <span className="text-sm">
        <Money micros={cap.amount} /> <span className="text-muted-foreground">at most</span>
      </span>
    );
  const used = cap.spent + cap.held;
  const percent = Number((used * 100n) / bound);
  return (
    <div className="grid min-w-40 gap-1.5">
      <div className="text-sm">
        <Money micros={cap.spent} /> <span className="text-muted-foreground">of</span>{" "}
        <Money micros={bound} />
        {cap.held > 0n ? (
          <span className="text-muted-foreground">
            , <Money micros={cap.held} /> set aside
          </span>
        ) : null}
      </div>
      <Progress value={Math.min(percent, 100)} aria-label={`${capName(cap)}: ${percent} % used`} />
    </div>
  );
}
