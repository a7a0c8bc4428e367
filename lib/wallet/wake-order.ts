import type { Micros } from "@/lib/money";

export type WaitingForMoney = { readonly id: string; readonly needed: Micros };

/** Which of those that wait go on, oldest first: as far as what is there reaches. One that is too dear is passed over. */
export function planWake(waiting: readonly WaitingForMoney[], available: Micros): string[] {
  let left = available;
  const woken: string[] = [];
  for (const { id, needed } of waiting) {
    if (needed > left) continue;
    left -= needed;
    woken.push(id);
  }
  return woken;
}
