import type { Micros } from "@/lib/money";

export type WaitingForMoney = { readonly stepId: string; readonly needed: Micros };

/** Which of the steps that wait for credit go on, oldest first: as far as what is there reaches. One that is too dear is passed over. */
export function planWake(waiting: readonly WaitingForMoney[], available: Micros): string[] {
  let left = available;
  const woken: string[] = [];
  for (const { stepId, needed } of waiting) {
    if (needed > left) continue;
    left -= needed;
    woken.push(stepId);
  }
  return woken;
}
