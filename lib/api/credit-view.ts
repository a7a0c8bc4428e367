import type { Forecast } from "@/lib/wallet/forecast";
import type { WalletView } from "@/lib/wallet/queries";
import type { MonthSpend, SpendPart } from "@/lib/wallet/spend-queries";
import type { BalanceOut, SpendOut } from "./operations/credit";

/** What can be spent, with every figure that it is made of. */
export function balanceView(wallet: WalletView): BalanceOut {
  return {
    mode: wallet.mode as BalanceOut["mode"],
    available: String(wallet.available),
    allowance: String(wallet.allowance),
    balance: String(wallet.balance),
    promo: String(wallet.promo),
    paid: String(wallet.paid),
    owed: String(wallet.owed),
    held: String(wallet.held),
    frozen: String(wallet.frozen),
    creditLimit: String(wallet.creditLimit),
    lots: wallet.lots.map((lot) => ({
      ...lot,
      source: lot.source as BalanceOut["lots"][number]["source"],
      amount: String(lot.amount),
      remaining: String(lot.remaining),
    })),
  };
}

const parts = (list: readonly SpendPart[]) =>
  list.map(({ key, label, micros }) => ({ key, label, cost: String(micros) }));

/** The month's spend from four sides, and what it will come to. */
export function spendView(spend: MonthSpend, forecast: Forecast): SpendOut {
  const first = spend.month.toISOString().slice(0, 10);
  return {
    from: first,
    to: spend.byDay.at(-1)?.day ?? first,
    total: String(spend.totalMicros),
    forecast: {
      total: String(forecast.totalMicros),
      perDay: String(forecast.perDayMicros),
      basisDays: forecast.basisDays,
    },
    byDay: spend.byDay.map(({ day, micros }) => ({ day, cost: String(micros) })),
    byAgent: parts(spend.byAgent),
    byWorkflow: parts(spend.byWorkflow),
    byModel: parts(spend.byModel),
  };
}
