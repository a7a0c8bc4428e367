import { divideRounded } from "@/lib/money";

/** A part of a whole in percent with one decimal, such as `33.3 %`; `–` where the whole is nothing. */
export function formatShare(partMicros: bigint, wholeMicros: bigint): string {
  if (wholeMicros <= 0n) return "–";
  const isNegative = partMicros < 0n;
  const perMille = divideRounded((isNegative ? -partMicros : partMicros) * 1000n, wholeMicros);
  return `${isNegative ? "−" : ""}${perMille / 10n}.${perMille % 10n} %`;
}
