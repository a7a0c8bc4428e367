import { DateTime } from "@/components/shared/date-time";
import { FormDialog } from "@/components/shared/form-dialog";
import { FormField } from "@/components/shared/form-field";
import { Money } from "@/components/shared/money";
import { Badge } from "@/components/ui/badge";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { Input } from "@/components/ui/input";
import { cn } from "@/lib/cn";
import { microsToNumeric } from "@/lib/money";
import type { ServerAction } from "@/lib/result";
import type { WalletView } from "@/lib/wallet/queries";

const SOURCES: Readonly<Record<string, string>> = {
  plan: "Allowance of the plan",
  promo: "Promotional credit",
  paid: "Bought credit",
};

/** What a workspace can spend, from what, and below what its admins are told. @param setLowBalance null: not the viewer's to change */
export function WalletCard({
  wallet,
  setLowBalance,
}: {
  wallet: WalletView;
  setLowBalance: ServerAction<void> | null;
}) {
  return (
    <Card>
      <CardHeader>
        <CardTitle>What you can spend</CardTitle>
        <CardDescription>
          {wallet.mode === "prepaid"
            ? "Work starts on credit that is there."
            : "Work starts up to your limit; what no credit covers is invoiced."}
        </CardDescription>
      </CardHeader>
      <CardContent className="grid gap-4">
        <WalletSum wallet={wallet} />
        {wallet.lots.length > 0 ? (
          <div>
            <h3 className="font-medium text-muted-foreground text-sm">Spent in this order</h3>
            <LotList wallet={wallet} />
          </div>
        ) : null}
        <LowBalance lowWater={wallet.lowWater} setLowBalance={setLowBalance} />
      </CardContent>
    </Card>
  );
}

function LowBalance({
  lowWater,
  setLowBalance,
}: {
  lowWater: bigint | null;
  setLowBalance: ServerAction<void> | null;
}) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-t pt-4 text-sm">
      <p className="text-muted-foreground">
        {lowWater === null ? (
          "Nobody is told when the balance runs low."
        ) : (
          <>
            Admins are told when it falls below{" "}
            <Money micros={lowWater} className="font-medium text-foreground" />.
          </>
        )}
      </p>
      {setLowBalance ? (
        <FormDialog
          label={lowWater === null ? "Set a notice" : "Change"}
          size="sm"
          triggerLabel={
            lowWater === null ? "Set a notice of a low balance" : "Change the notice of a low balance"
          }
          title="Notice of a low balance"
          description="Admins are told in the app and by mail, once each time that what is left falls below this. What is set aside for work under way counts as left."
          action={setLowBalance}
          submitLabel="Save"
          successMessage="The notice is saved."
        >
          <FormField name="amount" label="Tell us below, in dollars" hint="Leave it empty to be told never.">
            <Input
              inputMode="decimal"
              placeholder="20.00"
              defaultValue={lowWater === null ? "" : microsToNumeric(lowWater).replace(/\.?0+$/, "")}
            />
          </FormField>
        </FormDialog>
      ) : null}
    </div>
  );
}

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
