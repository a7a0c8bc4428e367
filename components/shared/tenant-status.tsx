import { StatusBadge } from "@/components/shared/status-badge";
import { DUNNING_STEPS } from "@/lib/dunning/schedule";

/** How a workspace is, and how far it is gone after for what it owes. */
export function TenantStatus({ status, dunningStage }: { status: string; dunningStage: number }) {
  const step = DUNNING_STEPS[dunningStage - 1];
  return (
    <span className="inline-flex flex-wrap gap-1">
      <StatusBadge status={status} />
      {step && step.name !== status ? <StatusBadge status={step.name} /> : null}
    </span>
  );
}
