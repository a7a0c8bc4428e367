import { StatusBadge } from "@/components/shared/status-badge";

/** Whether an endpoint is told anything, and whether it was the product that turned it off. */
export function EndpointState({
  endpoint: { isActive, disabledReason },
}: {
  endpoint: { isActive: boolean; disabledReason: string | null };
}) {
  if (isActive) return <StatusBadge status="active" label="On" />;
  return disabledReason ? (
    <StatusBadge status="failed" label="Turned off" />
  ) : (
    <StatusBadge status="inactive" label="Off" />
  );
}
