import type { ReactNode } from "react";
import { SettingsCard } from "@/components/accounts/settings-card";
import { KeyValueList } from "@/components/shared/key-value-list";
import { AddressPanel, WebhookAccess } from "@/components/triggers/access-panel";
import { MappingForm } from "@/components/triggers/mapping-form";
import { ScheduleFacts } from "@/components/triggers/schedule-facts";
import { SchedulePreview } from "@/components/triggers/schedule-preview";
import { TestCall } from "@/components/triggers/test-call";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import type { CallParts } from "@/lib/triggers/mapping";
import type { TriggerDetail } from "@/lib/triggers/queries";
import { mapWebhookAction, rotateSecretAction, setListeningAction } from "../actions";

type PanelsProps = { trigger: TriggerDetail; sample: CallParts | null; canManage: boolean };
type Of<Kind extends TriggerDetail["kind"]> = PanelsProps & {
  trigger: Extract<TriggerDetail, { kind: Kind }>;
};

const VIEW_ONLY = "Only people who may change triggers see the address and its secrets.";

/** What is particular to the kind of a trigger. */
export function TriggerPanels({ trigger, ...props }: PanelsProps): ReactNode {
  switch (trigger.kind) {
    case "webhook":
      return <WebhookPanels trigger={trigger} {...props} />;
    case "schedule":
      return <SchedulePanels trigger={trigger} {...props} />;
    case "form":
      return <FormPanels trigger={trigger} {...props} />;
  }
}

function WebhookPanels({ trigger, sample, canManage }: Of<"webhook">) {
  const { access, config, fields, id } = trigger;
  const isListening = config.listeningUntil !== null && new Date(config.listeningUntil) > new Date();
  return (
    <>
      <SettingsCard
        title="Calling it"
        description="POST JSON, a form or text, 1 MB at most. Send the same delivery id again and the first run is the answer."
      >
        {access ? (
          <WebhookAccess
            triggerId={id}
            access={access}
            fields={fields}
            config={config}
            rotateAction={rotateSecretAction}
          />
        ) : (
          <p className="text-muted-foreground text-sm">{VIEW_ONLY}</p>
        )}
      </SettingsCard>
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <SettingsCard title="Test call" description="See what a sender sends before anything starts.">
          <TestCall
            triggerId={id}
            listeningUntil={isListening ? config.listeningUntil : null}
            sample={sample}
            canManage={canManage}
            action={setListeningAction}
          />
        </SettingsCard>
        <SettingsCard title="Fields" description="How a call becomes the input of a run.">
          <MappingForm
            triggerId={id}
            config={config}
            fields={fields}
            sample={sample}
            canManage={canManage}
            action={mapWebhookAction}
          />
        </SettingsCard>
      </div>
    </>
  );
}

function SchedulePanels({ trigger }: Of<"schedule">) {
  const { config, fields, failuresInRow } = trigger;
  return (
    <div className="grid items-start gap-6 lg:grid-cols-2">
      <SettingsCard title="Schedule">
        <ScheduleFacts config={config} fields={fields} failuresInRow={failuresInRow} />
      </SettingsCard>
      {trigger.isActive ? <SchedulePreview cron={config.cron} timeZone={config.timeZone} /> : null}
    </div>
  );
}

function afterSending({ showsResult, showsSources }: Of<"form">["trigger"]["config"]): string {
  if (!showsResult) return "The thank-you text";
  return showsSources ? "Progress and the result, with its sources" : "Progress and the result";
}

function FormPanels({ trigger }: Of<"form">) {
  const { access, config, id } = trigger;
  const facts = [
    { label: "Title", value: config.title },
    {
      label: "Who may open it",
      value: config.access === "public" ? "Anybody with the address" : "People of this workspace",
    },
    { label: "After sending", value: afterSending(config) },
  ];
  return (
    <SettingsCard
      title="The page"
      description="Its fields are those of the workflow's input, as it is published."
    >
      <div className="grid gap-5">
        {access ? (
          <>
            <AddressPanel triggerId={id} address={access.address} rotateAction={rotateSecretAction} />
            <Button asChild variant="outline" className="w-fit">
              <Link href={new URL(access.address).pathname} target="_blank">
                Open the page
              </Link>
            </Button>
          </>
        ) : (
          <p className="text-muted-foreground text-sm">{VIEW_ONLY}</p>
        )}
        <KeyValueList items={facts} />
      </div>
    </SettingsCard>
  );
}
