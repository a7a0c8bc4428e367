import { formatMicros, type Micros, microsToNumeric } from "@/lib/money";
import { formatShare } from "@/lib/rates/share";

/** A price as it is typed: `0.25`, without zeros that say nothing. */
export function typedPrice(micros: Micros): string {
  return microsToNumeric(micros).replace(/\.?0+$/, "");
}

/** A change in percent of what it was, such as `+4.5 %`; `–` where it was nothing. */
export function formatChange(now: Micros, next: Micros): string {
  const share = formatShare(next - now, now);
  return next > now && now > 0n ? `+${share}` : share;
}

/** A difference with its sign, such as `+$4.50`. */
export function formatDifference(now: Micros, next: Micros): string {
  return `${next > now ? "+" : ""}${formatMicros(next - now)}`;
}

const SCOPES: Readonly<Record<string, string>> = { tenant: "workspace", agent: "agent", run: "run" };
const PERIODS: Readonly<Record<string, string>> = { day: "Daily cap", month: "Monthly cap", run: "Cap" };

/** `Daily cap of the workspace`. Agents of customers have no names here. */
export function describeCap({ scope, period }: { scope: string; period: string }): string {
  const article = scope === "tenant" ? "the" : scope === "agent" ? "an" : "each";
  return `${PERIODS[period] ?? period} of ${article} ${SCOPES[scope] ?? scope}`;
}
