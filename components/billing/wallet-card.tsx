import { DateTime } from "@/components/shared/date-time";
import { Money } from "@/components/shared/money";
import { Badge } from "@/components/ui/badge";
import { cn } from "@/lib/cn";
import type { WalletView } from "@/lib/wallet/queries";

const SOURCES: Readonly<Record<string, string>> = {
  plan: "Allowance of the plan",
  promo: "Promotional credit",
  paid: "Bought credit",
};

/** What a wallet's available credit is made of, line by line, as a sum that adds up. */
export function WalletSum({ wallet }: { wallet: WalletView }) {
  const { allowance, promo, paid, owed, frozen, creditLimit, held, available } = wallet;
  const lines = [
    { label: "Allowance of the plan", micros: allowance, isShown: true },
    { label: "Promotional credit", micros: promo, isShown: true },
    { label: "Bought credit", micros: paid, isShown: true },
    { label: "Used and not paid yet", micros: -owed, isShown: owed !== 0n },
    { label: "Credit limit", micros: creditLimit, isShown: creditLimit > 0n },
    { label: "Under dispute", micros: -frozen, isShown: frozen > 0n },
    { label: "Set aside for work under way", micros: -held, isShown: held > 0n },
  ].filter((line) => line.isShown);
  const isPastLimit = wallet.balance + creditLimit < 0n;
  return (
    <div className="grid gap-3">
      <dl className="text-sm">
        {lines.map(({ label, micros }) => (
          <Line key={label} label={label} micros={micros} />
        ))}
        <Line label="Available for new work" micros={available} isTotal />
      </dl>
      {isPastLimit ? (
        <p className="text-[0.8125rem] text-muted-foreground">
          While more is owed than the limit allows, no new work starts, whatever allowance is left.
        </p>
      ) : null}
    </div>
  );
}

function Line({ label, micros, isTotal = false }: { label: string; micros: bigint; isTotal?: boolean }) {
  return (
    <div className={cn("flex justify-between gap-4 py-2", isTotal && "mt-1 border-t pt-3 font-semibold")}>
      <dt className={cn(!isTotal && "text-muted-foreground")}>{label}</dt>
      <dd>
        <Money micros={micros} />
      </dd>
    </div>
  );
}

/** The lots of credit that are not used up, in the order in which they are spent. Nothing when there are none. */
export function LotList({ wallet }: { wallet: WalletView }) {
  if (wallet.lots.length === 0) return null;
  return (
    <ol className="divide-y text-sm">
      {wallet.lots.map((lot) => (
        <li key={lot.id} className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-0.5 py-2.5">
          <span className="wrap-anywhere min-w-0">
            {SOURCES[lot.source] ?? lot.source}{" "}
            {lot.isFrozen ? <Badge tone="warning">Under dispute</Badge> : null}
            {lot.paidBy === "partner" ? <Badge>From the partner</Badge> : null}
            {lot.reason ? (
              <span className="block text-[0.8125rem] text-muted-foreground">{lot.reason}</span>
            ) : null}
          </span>
          <span className="text-right">
            <Money micros={lot.remaining} className="font-medium" />
            <span className="text-muted-foreground"> of </span>
            <Money micros={lot.amount} />
            <span className="block text-[0.8125rem] text-muted-foreground">
              {lot.expiresAt ? (
                <>
                  until <DateTime value={lot.expiresAt} />
                </>
              ) : (
                "does not expire"
              )}
            </span>
          </span>
        </li>
      ))}
    </ol>
  );
}
