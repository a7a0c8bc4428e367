import { lookOf } from "@/components/shared/status";
import { StatusBadge } from "@/components/shared/status-badge";
import { Alert } from "@/components/ui/alert";
import type { CustomerState } from "@/lib/partners/customer-states";

/** How a customer stands: a badge each, and in a list the reasons beneath. */
export function CustomerStates({
  states,
  withReasons = false,
}: {
  states: readonly CustomerState[];
  withReasons?: boolean;
}) {
  return (
    <div className="grid gap-1.5">
      {withReasons ? (
        states.map(({ kind, reason }) => (
          <div key={kind} className="grid justify-items-start gap-0.5 sm:min-w-40">
            <StatusBadge status={kind} />
            {reason ? (
              <span className="wrap-anywhere max-w-64 text-muted-foreground text-xs">{reason}</span>
            ) : null}
          </div>
        ))
      ) : (
        <span className="inline-flex flex-wrap gap-1">
          {states.map(({ kind }) => (
            <StatusBadge key={kind} status={kind} />
          ))}
        </span>
      )}
    </div>
  );
}

/** Why a customer stands as it does, on its own page. */
export function CustomerReasons({ states }: { states: readonly CustomerState[] }) {
  const told = states.filter((state) => state.reason !== null);
  if (told.length === 0) return null;
  return (
    <div className="mb-6 grid gap-3">
      {told.map(({ kind, reason }) => (
        <Alert key={kind} tone={kind === "trialing" ? "info" : "warning"} title={lookOf(kind).label}>
          {reason}
        </Alert>
      ))}
    </div>
  );
}
