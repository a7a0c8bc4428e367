import { FormDialog } from "@/components/shared/form-dialog";
import { FormField } from "@/components/shared/form-field";
import { Money } from "@/components/shared/money";
import { SectionHeader } from "@/components/shared/page-header";
import { StatGrid, StatTile } from "@/components/shared/stat-tile";
import { ReasonField } from "@/components/shared/text-fields";
import { Input } from "@/components/ui/input";
import { microsToNumeric } from "@/lib/money";
import type { PromiseRoom } from "@/lib/payouts/promises";
import type { ServerAction } from "@/lib/result";

/** What a partner has promised its customers, what stands behind that, and how much more an admin lets it promise. */
export function PartnerPromises({
  partner,
  room: { promised, payable, allowance, left },
  setAllowance,
}: {
  partner: { id: string; name: string };
  room: PromiseRoom;
  setAllowance: ServerAction<{ partnerId: string }>;
}) {
  return (
    <section>
      <SectionHeader
        title="Promised credit"
        description="What it gives its customers comes off its commission: no more than that, and what you allow."
        actions={
          <FormDialog
            label="Set allowance"
            size="sm"
            title={`What ${partner.name} may promise beyond its earnings`}
            description="You bear what it never earns. Credit that it gave stays with its customers."
            action={setAllowance}
            hidden={{ partnerId: partner.id }}
            submitLabel="Set allowance"
            successMessage="The allowance is set."
          >
            <FormField name="allowance" label="Allowance in USD" required>
              <Input
                inputMode="decimal"
                autoComplete="off"
                defaultValue={microsToNumeric(allowance).replace(/(\.\d\d)\d+$/, "$1")}
              />
            </FormField>
            <ReasonField />
          </FormDialog>
        }
      />
      <StatGrid>
        <StatTile label="Promised" value={<Money micros={promised} />} note="given, and not used yet" />
        <StatTile
          label="Payable"
          value={<Money micros={payable} />}
          note="commission that stands behind it"
        />
        <StatTile label="Allowance" value={<Money micros={allowance} />} note="beyond its commission" />
        <StatTile label="Left to promise" value={<Money micros={left} />} />
      </StatGrid>
    </section>
  );
}
