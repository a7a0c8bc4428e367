import { Radio } from "lucide-react";
import { ActionButton } from "@/components/shared/action-button";
import { DateTime } from "@/components/shared/date-time";
import { JsonView } from "@/components/shared/json-view";
import { LiveRefresh } from "@/components/shared/live-refresh";
import { Alert } from "@/components/ui/alert";
import type { ServerAction } from "@/lib/result";
import type { CallParts } from "@/lib/triggers/mapping";

/** Waits for a test call and shows the newest call there was. */
export function TestCall({
  triggerId,
  listeningUntil,
  sample,
  canManage,
  action,
}: {
  triggerId: string;
  /** Null while nobody listens. */
  listeningUntil: string | null;
  sample: CallParts | null;
  canManage: boolean;
  action: ServerAction<{ id: string }>;
}) {
  const isListening = listeningUntil !== null;
  return (
    <div className="grid gap-4">
      <LiveRefresh active={isListening} />
      {isListening ? (
        <Alert
          tone="info"
          title="Listening for a test call"
          action={
            canManage ? (
              <ActionButton
                action={action}
                input={{ triggerId, isListening: false }}
                variant="outline"
                size="sm"
              >
                Stop
              </ActionButton>
            ) : null
          }
        >
          The next call is shown here and starts nothing. Listening ends at{" "}
          <DateTime value={listeningUntil} format="clock" />.
        </Alert>
      ) : canManage ? (
        <ActionButton
          action={action}
          input={{ triggerId, isListening: true }}
          variant="outline"
          className="w-fit"
        >
          <Radio aria-hidden="true" />
          Listen for a test call
        </ActionButton>
      ) : null}
      {sample ? (
        <JsonView value={sample} title="The newest call" />
      ) : isListening ? null : (
        <p className="text-muted-foreground text-sm">
          No call has come yet. Listen for one to see what the sender sends, and choose the fields from it.
        </p>
      )}
    </div>
  );
}
