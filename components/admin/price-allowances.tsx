import { unitLabel } from "@/components/billing/invoice-document";
import { ActionButton } from "@/components/shared/action-button";
import { DateTime } from "@/components/shared/date-time";
import { FormDialog } from "@/components/shared/form-dialog";
import { FormField } from "@/components/shared/form-field";
import { Money } from "@/components/shared/money";
import { SectionHeader } from "@/components/shared/page-header";
import { ReasonField } from "@/components/shared/text-fields";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { describeResource, type ModelNames } from "@/lib/metering/resources";
import { formatMicros, microsFromNumeric } from "@/lib/money";
import type { Allowance } from "@/lib/rates/allow";
import type { SystemRateView } from "@/lib/rates/queries";
import type { ServerAction } from "@/lib/result";

type Action = ServerAction<{ id: string }>;

/** Prices beyond twenty times a base price that a partner may set, and allowing one. */
export function PriceAllowances({
  partner,
  allowances,
  bases,
  models,
  allow,
  revoke,
}: {
  partner: { id: string; name: string };
  allowances: readonly Allowance[];
  /** Base prices in force. */
  bases: readonly SystemRateView[];
  /** What the models are called. */
  models: ModelNames;
  allow: Action;
  revoke: Action;
}) {
  return (
    <section>
      <SectionHeader
        title="Higher prices"
        description="A partner asks at most twenty times a base price, unless it is allowed more here."
        actions={
          <FormDialog
            label="Allow a price"
            size="sm"
            title={`Allow ${partner.name} a higher price`}
            description="It may set prices up to this one from now on. The floor stays, and the partner reads the reason."
            action={allow}
            hidden={{ partnerId: partner.id }}
            submitLabel="Allow"
            successMessage="The price is allowed."
          >
            <FormField name="systemRateId" label="What is priced" required>
              <NativeSelect>
                {bases.map((base) => (
                  <option key={base.id} value={base.id}>
                    {describeResource(base.resourceType, base.modelKey, models)}, base price{" "}
                    {formatMicros(microsFromNumeric(base.rate), { exact: true })}
                  </option>
                ))}
              </NativeSelect>
            </FormField>
            <FormField
              name="maxRate"
              label="Up to, in USD"
              hint="For the unit of its base price: a million tokens, or a node."
              required
            >
              <Input inputMode="decimal" autoComplete="off" placeholder="250.00" />
            </FormField>
            <ReasonField />
          </FormDialog>
        }
      />
      {allowances.length === 0 ? (
        <p className="text-muted-foreground text-sm">None is allowed: the usual limit holds.</p>
      ) : (
        <Table>
          <TableHeader>
            <TableRow>
              <TableHead>Resource</TableHead>
              <TableHead numeric>Up to</TableHead>
              <TableHead>Reason</TableHead>
              <TableHead>Since</TableHead>
              <TableHead>
                <span className="sr-only">Actions</span>
              </TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {allowances.map((one) => {
              const name = describeResource(one.resourceType, one.modelKey, models);
              return (
                <TableRow key={one.id}>
                  <TableCell className="min-w-40">{name}</TableCell>
                  <TableCell numeric>
                    <Money numeric={one.maxRate} exact /> per {unitLabel(one.unit)}
                  </TableCell>
                  <TableCell className="wrap-anywhere min-w-40">{one.reason}</TableCell>
                  <TableCell>
                    <DateTime value={one.createdAt} format="date" />
                  </TableCell>
                  <TableCell className="text-right">
                    <ActionButton
                      action={revoke}
                      input={{ allowanceId: one.id }}
                      variant="ghost"
                      size="sm"
                      aria-label={`Take back the higher price of ${name}`}
                      successMessage="It is taken back. Prices that were set stay."
                    >
                      Take back
                    </ActionButton>
                  </TableCell>
                </TableRow>
              );
            })}
          </TableBody>
        </Table>
      )}
    </section>
  );
}
