import { Gauge } from "lucide-react";
import type { Metadata } from "next";
import { AdminsOnly } from "@/components/accounts/admins-only";
import { CapAmount, CapFields, ReachFields } from "@/components/billing/cap-fields";
import { CapMeter, capName } from "@/components/billing/cap-meter";
import { ActionButton } from "@/components/shared/action-button";
import { EmptyState } from "@/components/shared/empty-state";
import { FormDialog } from "@/components/shared/form-dialog";
import { FormField } from "@/components/shared/form-field";
import { PageHeader } from "@/components/shared/page-header";
import { Badge } from "@/components/ui/badge";
import { Input } from "@/components/ui/input";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { listAgentChoices } from "@/lib/agents/queries";
import { denial } from "@/lib/auth/authorize";
import { requireTenant } from "@/lib/auth/scope";
import { listModels } from "@/lib/models/queries";
import { microsToNumeric } from "@/lib/money";
import { type CapView, listCaps } from "@/lib/wallet/caps/queries";
import { extendCapAction, removeCapAction, setCapAction } from "./actions";

export const metadata: Metadata = { title: "Spending caps" };

/** `50.000000` as people write it. */
const plain = (micros: bigint) => microsToNumeric(micros).replace(/\.?0+$/, "") || "0";

export default async function CapsPage() {
  const scope = await requireTenant();
  if (denial(scope, "billing.read")) return <AdminsOnly title="Spending caps" />;
  const canChange = denial(scope, "spend.update") === null;
  const caps = await listCaps(scope);
  const agents = await listAgentChoices(scope);
  const models = (await listModels(scope)).map((model) => ({ id: model.modelKey, name: model.modelName }));
  const add = canChange ? (
    <FormDialog
      label="Set a cap"
      variant="default"
      title="Set a cap"
      description="A cap that is there for the same place and time is changed."
      action={setCapAction}
      submitLabel="Set cap"
      successMessage="The cap is set."
    >
      <CapFields agents={agents} models={models} />
    </FormDialog>
  ) : null;
  return (
    <>
      <PageHeader
        title="Spending caps"
        breadcrumb={[{ label: "Billing", href: "/app/billing" }, { label: "Spending caps" }]}
        description="How much may be spent at most: by everything, by one agent, or by each run. A cap is kept to the cent: what does not fit waits, and nothing done is lost. Admins are told at 50, 80 and 100 percent, and when something waits."
        actions={caps.length > 0 ? add : null}
      />
      {caps.length === 0 ? (
        <EmptyState icon={Gauge} title="No caps yet" action={add}>
          Without a cap, your credit and your limit are the only bounds.
        </EmptyState>
      ) : (
        <Table folds>
          <TableHeader>
            <TableRow>
              <TableHead>What it bounds</TableHead>
              <TableHead>Used now</TableHead>
              <TableHead>When it is reached</TableHead>
              <TableHead>
                <span className="sr-only">Actions</span>
              </TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {caps.map((cap) => (
              <CapRow key={cap.id} cap={cap} models={models} canChange={canChange} />
            ))}
          </TableBody>
        </Table>
      )}
    </>
  );
}

type Model = { id: string; name: string };

function reachOf({ onReach, fallbackModelKey, switchAtPercent }: CapView, models: readonly Model[]): string {
  if (onReach === "ask") return "Asks the admins";
  if (onReach !== "switch") return "Waits";
  const model = models.find(({ id }) => id === fallbackModelKey);
  if (!model) return `Waits: ${fallbackModelKey}, the cheaper model, is not available any more`;
  return `Goes on with ${model.name} from ${switchAtPercent} %, then waits`;
}

function CapRow({ cap, models, canChange }: { cap: CapView; models: readonly Model[]; canChange: boolean }) {
  const name = capName(cap);
  const place = {
    scope: cap.scope,
    period: cap.period,
    ...(cap.agentId ? { agentId: cap.agentId } : {}),
  };
  return (
    <TableRow>
      <TableCell className="wrap-anywhere min-w-36 font-medium">{name}</TableCell>
      <TableCell label="Used now">{cap.isActive ? <CapMeter cap={cap} /> : <SwitchedOff />}</TableCell>
      <TableCell label="When it is reached" className="min-w-36">
        {reachOf(cap, models)}
      </TableCell>
      <TableCell>
        {canChange ? (
          <div className="flex flex-wrap gap-2 sm:justify-end">
            {cap.scope === "run" || !cap.isActive ? null : <ExtendDialog cap={cap} name={name} />}
            <FormDialog
              label="Change"
              size="sm"
              triggerLabel={`Change the cap: ${name}`}
              title={name}
              description="It holds at once. What waits for it looks again."
              action={setCapAction}
              hidden={place}
              submitLabel="Save cap"
              successMessage="The cap is changed."
            >
              <CapAmount defaultValue={plain(cap.amount)} />
              {cap.scope === "agent" ? <ReachFields models={models} reach={cap} /> : null}
            </FormDialog>
            <ActionButton
              action={removeCapAction}
              input={{ capId: cap.id }}
              variant="outline"
              size="sm"
              aria-label={`Remove the cap: ${name}`}
              successMessage="The cap is removed."
              confirm={{
                title: `Remove the cap: ${name}?`,
                description: "What waits for it goes on, as far as there is credit.",
                confirmLabel: "Remove cap",
                destructive: true,
              }}
            >
              Remove
            </ActionButton>
          </div>
        ) : null}
      </TableCell>
    </TableRow>
  );
}

/** A program can switch a cap off without removing it. */
function SwitchedOff() {
  return (
    <span className="grid gap-1 text-muted-foreground text-sm">
      <Badge className="justify-self-start">Off</Badge>
      It bounds nothing until it is changed here.
    </span>
  );
}

function ExtendDialog({ cap, name }: { cap: CapView; name: string }) {
  const time = cap.period === "day" ? "today" : "this month";
  return (
    <FormDialog
      label="Allow more"
      size="sm"
      triggerLabel={`Allow more ${time}: ${name}`}
      title={`Allow more ${time}`}
      description={`On top of the cap “${name}”, ${time} alone (UTC). What waits for it looks again.`}
      action={extendCapAction}
      hidden={{ capId: cap.id }}
      submitLabel="Allow it"
      successMessage={`More is allowed ${time}.`}
    >
      <FormField
        name="extra"
        label="On top, in dollars"
        hint="In all, instead of what was allowed before. 0 takes it back."
        required
      >
        <Input inputMode="decimal" autoComplete="off" defaultValue={plain(cap.extra)} />
      </FormField>
    </FormDialog>
  );
}
