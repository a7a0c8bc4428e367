import { Gauge } from "lucide-react";
import type { Metadata } from "next";
import { LimitFields } from "@/components/admin/limit-fields";
import { EmptyState } from "@/components/shared/empty-state";
import { FormDialog } from "@/components/shared/form-dialog";
import { PageHeader } from "@/components/shared/page-header";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { listPlanLimits, type PlanLimitsRow } from "@/lib/admin/queries/limits";
import { requirePlatform } from "@/lib/auth/scope";
import { setPlanLimitsAction } from "./actions";

export const metadata: Metadata = { title: "Limits" };

export default async function LimitsPage() {
  const plans = await listPlanLimits(await requirePlatform());
  return (
    <>
      <PageHeader
        title="Limits"
        description="How much the workspaces of a plan may run at once. What is over the limit waits in line, oldest first, and its people see why. A run that only waits is not counted, nor are the parts of a run."
      />
      {plans.length === 0 ? (
        <EmptyState icon={Gauge} title="No plans yet">
          A plan is listed here once a workspace has it.
        </EmptyState>
      ) : (
        <PlanTable plans={plans} />
      )}
    </>
  );
}

function PlanTable({ plans }: { plans: readonly PlanLimitsRow[] }) {
  return (
    <Table folds>
      <TableHeader>
        <TableRow>
          <TableHead>Plan</TableHead>
          <TableHead numeric>Workspaces</TableHead>
          <TableHead numeric>Runs at once</TableHead>
          <TableHead numeric>Waiting</TableHead>
          <TableHead numeric>Starts a minute</TableHead>
          <TableHead>
            <span className="sr-only">Change</span>
          </TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {plans.map((plan) => (
          <TableRow key={plan.planName}>
            <TableCell className="wrap-anywhere min-w-32">
              {plan.name}
              {plan.isSet ? null : <span className="ml-2 text-muted-foreground text-xs">default</span>}
            </TableCell>
            <TableCell label="Workspaces" numeric>
              {plan.tenants}
            </TableCell>
            <TableCell label="Runs at once" numeric>
              {plan.maxRunning.toLocaleString("en-US")}
            </TableCell>
            <TableCell label="Waiting" numeric>
              {plan.maxQueued.toLocaleString("en-US")}
            </TableCell>
            <TableCell label="Starts a minute" numeric>
              {plan.startsPerMinute?.toLocaleString("en-US") ?? "any"}
            </TableCell>
            <TableCell className="text-right">
              <FormDialog
                label="Change"
                size="sm"
                triggerLabel={`Change the limits of ${plan.name}`}
                title={`Limits of ${plan.name}`}
                description="They hold from the next start on. Runs that go on already are left alone."
                action={setPlanLimitsAction}
                hidden={{ planName: plan.planName }}
                submitLabel="Save limits"
                successMessage="The limits are saved."
              >
                <LimitFields limits={plan} />
              </FormDialog>
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
