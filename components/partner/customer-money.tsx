import { PromoFields } from "@/components/billing/promo-fields";
import { LotList, WalletSum } from "@/components/billing/wallet-card";
import { FormDialog } from "@/components/shared/form-dialog";
import { SectionHeader } from "@/components/shared/page-header";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { formatMicros } from "@/lib/money";
import type { PromiseRoom } from "@/lib/payouts/promises";
import type { ServerAction } from "@/lib/result";
import type { WalletView } from "@/lib/wallet/queries";

/** What a customer can spend, for its partner, who may give it credit. */
export function CustomerMoney({
  customer,
  wallet,
  room,
  requestKey,
  grant,
}: {
  customer: { id: string; name: string };
  wallet: WalletView;
  /** What its partner may still promise. */
  room: PromiseRoom;
  /** One a form, so that pressing twice gives once. */
  requestKey: string;
  grant: ServerAction<{ lotId: string | null }>;
}) {
  return (
    <section>
      <SectionHeader
        title="Money"
        description={
          wallet.mode === "prepaid"
            ? "Pays before it uses: its runs wait when no credit is left."
            : "Pays after it has used, up to its credit limit."
        }
        actions={
          <FormDialog
            label="Give credit"
            size="sm"
            title={`Give ${customer.name} credit`}
            description={`Promotional credit that you pay for: what is used of it is taken off what you earn. You can give ${formatMicros(room.left)} more, by what can be paid to you and what the platform allows beyond.`}
            action={grant}
            hidden={{ tenantId: customer.id, requestKey }}
            submitLabel="Give credit"
            successMessage="The credit is there."
          >
            <PromoFields />
          </FormDialog>
        }
      />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4 lg:grid-cols-2">
        <Card>
          <CardHeader>
            <CardTitle>Balance</CardTitle>
          </CardHeader>
          <CardContent>
            <WalletSum wallet={wallet} />
          </CardContent>
        </Card>
        <Card>
          <CardHeader>
            <CardTitle>Credit that is left</CardTitle>
          </CardHeader>
          <CardContent>
            {wallet.lots.length === 0 ? (
              <p className="text-muted-foreground text-sm">There is none.</p>
            ) : (
              <LotList wallet={wallet} />
            )}
          </CardContent>
        </Card>
      </div>
    </section>
  );
}
