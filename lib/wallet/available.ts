import type { Micros } from "@/lib/money";

export type WalletFigures = {
  readonly allowance: Micros;
  readonly balance: Micros;
  readonly held: Micros;
  readonly frozen: Micros;
  readonly creditLimit: Micros;
};

/** What can be set aside for new work. Nothing while a debt is beyond the limit, whatever the allowance is. */
export function availableOf(wallet: WalletFigures): Micros {
  if (wallet.balance + wallet.creditLimit < 0n) return 0n;
  const sum = wallet.allowance + wallet.balance + wallet.creditLimit - wallet.frozen - wallet.held;
  return sum > 0n ? sum : 0n;
}
