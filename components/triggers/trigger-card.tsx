import { RelativeTime } from "@/components/shared/relative-time";
import { StatusBadge } from "@/components/shared/status-badge";
import { Card, CardContent } from "@/components/ui/card";
import { Link } from "@/components/ui/link";
import type { TriggerSummary } from "@/lib/triggers/queries";
import { KIND_LOOKS } from "./kinds";
import { ScheduleTime } from "./schedule-facts";

/** One trigger in the list: what it is, whether it is on, when it comes next and what came last. */
export function TriggerCard({ workflowId, trigger }: { workflowId: string; trigger: TriggerSummary }) {
  const { icon: Icon, label } = KIND_LOOKS[trigger.kind];
  return (
    <Card className="relative transition-colors hover:border-input">
      <CardContent className="grid gap-3 p-5">
        <div className="flex items-start gap-3">
          <span className="flex size-9 shrink-0 items-center justify-center rounded-lg bg-brand-soft text-brand">
            <Icon className="size-4.5" aria-hidden="true" />
          </span>
          <div className="min-w-0 flex-1">
            <h2 className="wrap-anywhere font-semibold leading-6">
              <Link
                href={`/app/workflows/${workflowId}/triggers/${trigger.id}`}
                className="rounded-sm after:absolute after:inset-0 after:rounded-xl focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-ring"
              >
                {trigger.name}
              </Link>
            </h2>
            <p className="wrap-anywhere text-muted-foreground text-sm">
              {label}
              {" · "}
              <Gist trigger={trigger} />
            </p>
          </div>
          <StatusBadge status={trigger.isActive ? "active" : "inactive"} />
        </div>
        {trigger.disabledReason ? (
          <p className="text-danger text-sm">Turned off: {trigger.disabledReason}</p>
        ) : null}
        {trigger.misfits.length > 0 ? (
          <p className="text-sm text-warning">It does not go with the workflow's input any more.</p>
        ) : null}
        <dl className="grid grid-cols-2 gap-3 border-t pt-3 text-sm">
          <div>
            <dt className="text-muted-foreground text-xs">
              {trigger.kind === "schedule" ? "Next" : "Last run started"}
            </dt>
            <dd className="mt-0.5">
              {trigger.kind === "schedule" ? (
                <When value={trigger.nextAt} isAhead />
              ) : (
                <When value={trigger.lastStartedAt} />
              )}
            </dd>
          </div>
          <div>
            <dt className="text-muted-foreground text-xs">Last delivery</dt>
            <dd className="mt-0.5 flex flex-wrap items-center gap-2">
              {trigger.lastDelivery ? (
                <>
                  <StatusBadge status={trigger.lastDelivery.status} />
                  <RelativeTime value={trigger.lastDelivery.createdAt} />
                </>
              ) : (
                "None yet"
              )}
            </dd>
          </div>
        </dl>
      </CardContent>
    </Card>
  );
}

function When({ value, isAhead = false }: { value: Date | null; isAhead?: boolean }) {
  return value ? <RelativeTime value={value} isAhead={isAhead} /> : "Never";
}

function Gist({ trigger }: { trigger: TriggerSummary }) {
  switch (trigger.kind) {
    case "webhook":
      return trigger.config.requiresSignature ? "signed" : "not signed";
    case "schedule":
      return (
        <>
          <ScheduleTime cron={trigger.config.cron} />, {trigger.config.timeZone}
        </>
      );
    case "form":
      return trigger.config.access === "public" ? "anybody with the address" : "people of this workspace";
  }
}
