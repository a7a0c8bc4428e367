import { Banknote } from "lucide-react";
import type { Metadata } from "next";
import { z } from "zod";
import { PayoutAccountCard } from "@/components/payouts/payout-account";
import { PayoutBalance } from "@/components/payouts/payout-balance";
import { PayoutTable } from "@/components/payouts/payout-table";
import { ActionForm } from "@/components/shared/action-form";
import { EmptyState } from "@/components/shared/empty-state";
import { FormField } from "@/components/shared/form-field";
import { Money } from "@/components/shared/money";
import { PageHeader, SectionHeader } from "@/components/shared/page-header";
import { SubmitButton } from "@/components/shared/submit-button";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { Input } from "@/components/ui/input";
import { requirePartner } from "@/lib/auth/scope";
import { centsToMicros, formatMicros } from "@/lib/money";
import { cursorInput } from "@/lib/paging";
import { getPartnerBalance, getPayoutAccount, listPayouts } from "@/lib/payouts/queries";
import { readQuery, type SearchParams } from "@/lib/query";
import { refreshAccountAction, setPayoutMinimumAction, startOnboardingAction } from "./actions";

export const metadata: Metadata = { title: "Payouts" };

const queryInput = z.strictObject({ cursor: cursorInput, from: z.literal("stripe").optional() });

export default async function PayoutsPage({ searchParams }: { searchParams: SearchParams }) {
  const scope = await requirePartner();
  const query = await readQuery(searchParams, queryInput);
  const balance = await getPartnerBalance(scope);
  const account = await getPayoutAccount(scope);
  const page = await listPayouts(scope, { cursor: query.cursor });
  const minimum = formatMicros(centsToMicros(balance.minimumCents)).replace(/^\$|\.00$|,/g, "");
  return (
    <>
      <PageHeader
        title="Payouts"
        description="Your commission, from your customers' usage to your bank. Payouts are made at the start of each month, of what was earned at least 30 days before."
      />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
        <PayoutBalance balance={balance} />
        <div className="grid grid-cols-[minmax(0,1fr)] gap-3 lg:grid-cols-2">
          <PayoutAccountCard
            account={account}
            isBack={query.from === "stripe" && account.isStarted}
            actions={
              scope.isSuspended ? null : { start: startOnboardingAction, refresh: refreshAccountAction }
            }
          />
          <Card>
            <CardHeader>
              <CardTitle>Least amount</CardTitle>
              <CardDescription>
                Less than this waits for another month. Each payout costs a fee, which the platform pays.
              </CardDescription>
            </CardHeader>
            <CardContent>
              {scope.isSuspended ? (
                <Money micros={centsToMicros(balance.minimumCents)} />
              ) : (
                <ActionForm action={setPayoutMinimumAction} successMessage="Saved.">
                  <FormField name="minimum" label="Pay me from, in USD" required>
                    <Input
                      inputMode="decimal"
                      autoComplete="off"
                      defaultValue={minimum}
                      className="max-w-40"
                    />
                  </FormField>
                  <SubmitButton className="justify-self-start">Save</SubmitButton>
                </ActionForm>
              )}
            </CardContent>
          </Card>
        </div>
        <section>
          <SectionHeader title="Payouts so far" />
          {page.items.length === 0 ? (
            <EmptyState icon={Banknote} title="No payouts yet">
              Once what you earned is 30 days old and enough, the first one is made at the start of a month,
              with a statement for your books.
            </EmptyState>
          ) : (
            <PayoutTable page={page} hrefBase="/partner/payouts" />
          )}
        </section>
      </div>
    </>
  );
}
