import { sqlState } from "@/db/failures";
import { AppError } from "@/lib/errors";
import { formatApart, type Micros, microsFromNumeric } from "@/lib/money";

/** Why work may not start: there is not enough credit, or a cap is reached. */
export type MoneyRefusal = {
  readonly reason: "needs_credit" | "cap_reached";
  readonly needed: Micros;
  readonly available: Micros;
  readonly capId: string | null;
  readonly windowKey: string | null;
};

const REASONS = { HB402: "needs_credit", HB403: "cap_reached" } as const;

function detailOf(error: unknown): Record<string, unknown> {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ("detail" in at && typeof at.detail === "string") return JSON.parse(at.detail);
  }
  return {};
}

const text = (value: unknown) => (typeof value === "string" ? value : null);

/** What the wallet refused; null for any other error. */
export function refusalOf(error: unknown): MoneyRefusal | null {
  const state = sqlState(error);
  if (state !== "HB402" && state !== "HB403") return null;
  const detail = detailOf(error);
  return {
    reason: REASONS[state],
    needed: microsFromNumeric(text(detail.needed) ?? "0"),
    available: microsFromNumeric(text(detail.available) ?? "0"),
    capId: text(detail.capId),
    windowKey: text(detail.windowKey),
  };
}

/** What a person reads of it. */
export function describeRefusal({
  reason,
  needed,
  available,
}: Omit<MoneyRefusal, "capId" | "windowKey">): string {
  const [need, there] = formatApart(needed, available);
  if (reason === "needs_credit") return `This needs ${need} of credit, and ${there} is there.`;
  return `This needs ${need}, and ${there} is left under a spending cap.`;
}

/** The same as an error for whoever asked. */
export function refusalError(refusal: MoneyRefusal, cause: unknown): AppError {
  return new AppError("precondition", describeRefusal(refusal), { reason: refusal.reason, cause });
}
