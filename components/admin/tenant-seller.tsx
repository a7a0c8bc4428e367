import { DateTime } from "@/components/shared/date-time";
import { FormDialog } from "@/components/shared/form-dialog";
import { FormField } from "@/components/shared/form-field";
import { SectionHeader } from "@/components/shared/page-header";
import { ReasonField } from "@/components/shared/text-fields";
import { NativeSelect } from "@/components/ui/native-select";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { Holding } from "@/lib/admin/queries/partners";
import type { ServerAction } from "@/lib/result";

type Props = {
  tenant: { id: string; name: string; partnerId: string | null };
  holdings: readonly Holding[];
  /** Those it can be given to. */
  partners: readonly { id: string; name: string }[];
  handOver: ServerAction<{ tenantId: string }>;
};

/** Who sells to a workspace, who did before, and giving it to another. */
export function TenantSeller({ tenant, holdings, partners, handOver }: Props) {
  const returnsTo = holdings[0]?.returnsTo;
  return (
    <section>
      <SectionHeader
        title="Sold by"
        description={
          returnsTo
            ? `It buys from the platform while ${returnsTo} is suspended, and from it again afterwards.`
            : "What it uses is rated and billed by who sold it at that moment."
        }
        actions={
          <FormDialog
            label="Hand over"
            size="sm"
            title={`Who sells to ${tenant.name}?`}
            description="From now on it pays the new seller's prices. The running period is billed up to here by the old one, in an invoice of its own. Once somebody is in the workspace, people whom the old one invited cannot come in any more. Its admins are told."
            action={handOver}
            hidden={{ tenantId: tenant.id }}
            submitLabel="Hand over"
            successMessage="The workspace is handed over."
          >
            <FormField name="partnerId" label="Sold by" required>
              <NativeSelect defaultValue={tenant.partnerId ?? "direct"}>
                <option value="direct">The platform: a direct customer</option>
                {partners.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </NativeSelect>
            </FormField>
            <ReasonField />
          </FormDialog>
        }
      />
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead>Seller</TableHead>
            <TableHead>From</TableHead>
            <TableHead>To</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {holdings.map((one) => (
            <TableRow key={one.from?.getTime() ?? 0}>
              <TableCell>{one.partnerName ?? "The platform"}</TableCell>
              <TableCell className="whitespace-nowrap">
                {one.from ? <DateTime value={one.from} utc /> : "the beginning"}
              </TableCell>
              <TableCell className="whitespace-nowrap">
                {one.to ? <DateTime value={one.to} utc /> : "now"}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </section>
  );
}
