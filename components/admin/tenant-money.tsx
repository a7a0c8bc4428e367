import { CapMeter, capName } from "@/components/billing/cap-meter";
import { PromoFields } from "@/components/billing/promo-fields";
import { TransactionTable } from "@/components/billing/transaction-table";
import { LotList, WalletSum } from "@/components/billing/wallet-card";
import { FormDialog } from "@/components/shared/form-dialog";
import { FormField } from "@/components/shared/form-field";
import { SectionHeader } from "@/components/shared/page-header";
import { ReasonField } from "@/components/shared/text-fields";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { microsToNumeric } from "@/lib/money";
import type { ServerAction } from "@/lib/result";
import type { CapView } from "@/lib/wallet/caps/queries";
import type { WalletView } from "@/lib/wallet/queries";
import type { TransactionView } from "@/lib/wallet/transactions";

type Props = {
  tenant: { id: string; name: string };
  wallet: WalletView;
  caps: readonly CapView[];
  transactions: readonly TransactionView[];
  /** One a form, so that pressing twice gives once. */
  requestKey: string;
  grant: ServerAction<{ lotId: string | null }>;
  setTerms: ServerAction<void>;
};

/** `500.000000` as people write it. */
const plain = (micros: bigint) => microsToNumeric(micros).replace(/\.?0+$/, "") || "0";

/** A tenant's wallet for the platform: what it is made of, its terms and caps, and what changed it. */
export function TenantMoney({ tenant, wallet, caps, transactions, requestKey, grant, setTerms }: Props) {
  const active = caps.filter((cap) => cap.isActive);
  return (
    <section className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <SectionHeader
        title="Money"
        description={
          wallet.mode === "prepaid"
            ? "Pays before it uses: work starts on credit that is there."
            : "Pays after it has used, up to its credit limit."
        }
        actions={
          <>
            <FormDialog
              label="Terms"
              size="sm"
              title={`How ${tenant.name} pays`}
              description="It holds from the next step of any run on. What waits for credit looks again."
              action={setTerms}
              hidden={{ tenantId: tenant.id }}
              submitLabel="Save terms"
              successMessage="The terms are saved."
            >
              <FormField name="mode" label="Pays" required>
                <NativeSelect defaultValue={wallet.mode}>
                  <option value="prepaid">Before it uses</option>
                  <option value="postpaid">Afterwards, by invoice</option>
                </NativeSelect>
              </FormField>
              <FormField
                name="creditLimit"
                label="Credit limit in dollars"
                hint="How far below zero it may go; 0 for who pays before."
                required
              >
                <Input inputMode="decimal" autoComplete="off" defaultValue={plain(wallet.creditLimit)} />
              </FormField>
              <ReasonField />
            </FormDialog>
            <FormDialog
              label="Give credit"
              size="sm"
              title={`Give ${tenant.name} credit`}
              description="Promotional credit at the platform's expense. It is spent before credit that was bought."
              action={grant}
              hidden={{ tenantId: tenant.id, requestKey }}
              submitLabel="Give credit"
              successMessage="The credit is there."
            >
              <PromoFields />
            </FormDialog>
          </>
        }
      />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4 lg:grid-cols-2">
        <Card>
          <CardHeader>
            <CardTitle>Balance</CardTitle>
          </CardHeader>
          <CardContent className="grid gap-2">
            <WalletSum wallet={wallet} />
            <LotList wallet={wallet} />
          </CardContent>
        </Card>
        <Card>
          <CardHeader>
            <CardTitle>Caps</CardTitle>
          </CardHeader>
          <CardContent>
            {active.length === 0 ? (
              <p className="text-muted-foreground text-sm">It has set itself no caps.</p>
            ) : (
              <ul className="grid gap-4">
                {active.map((cap) => (
                  <li key={cap.id} className="grid gap-1">
                    <span className="wrap-anywhere font-medium text-sm">{capName(cap)}</span>
                    <CapMeter cap={cap} />
                  </li>
                ))}
              </ul>
            )}
          </CardContent>
        </Card>
      </div>
      {transactions.length > 0 ? (
        <div>
          <SectionHeader
            title="Credit"
            description="What changed its wallet lately."
            actions={
              <Button asChild variant="outline" size="sm">
                <a href={`/admin/tenants/${tenant.id}/credit/export`} download>
                  Export all as CSV
                </a>
              </Button>
            }
          />
          <TransactionTable rows={transactions} links={{ run: "/admin/runs", invoice: "/admin/invoices" }} />
        </div>
      ) : null}
    </section>
  );
}
