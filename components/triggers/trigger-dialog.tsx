"use client";

import type { ReactNode } from "react";
import { FormDialog } from "@/components/shared/form-dialog";
import { FormField } from "@/components/shared/form-field";
import type { ButtonProps } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import type { ServerAction } from "@/lib/result";
import type { TriggerKind } from "@/lib/triggers/input";
import type { TriggerConfig } from "@/lib/triggers/store";
import type { InputField } from "@/lib/workflows/kinds/input";
import { FormFields } from "./form-fields";
import { KIND_LOOKS } from "./kinds";
import { ScheduleFields } from "./schedule-fields";
import { WebhookFields } from "./webhook-fields";

export type TriggerAction = ServerAction<{ id: string }>;

/** Makes a trigger of a kind and opens it. */
export function NewTriggerDialog({
  kind,
  workflowId,
  fields,
  mayExpose,
  action,
  variant = "outline",
}: {
  kind: TriggerKind;
  workflowId: string;
  fields: readonly InputField[];
  mayExpose: boolean;
  action: TriggerAction;
  variant?: ButtonProps["variant"];
}) {
  const { icon: Icon, label, description } = KIND_LOOKS[kind];
  return (
    <FormDialog
      label={
        <>
          <Icon aria-hidden="true" />
          {label}
        </>
      }
      triggerLabel={`New ${label.toLowerCase()}`}
      variant={variant}
      title={`New ${label.toLowerCase()}`}
      description={description}
      action={action}
      hidden={{ kind, workflowId }}
      submitLabel="Create"
      successHref={`/app/workflows/${workflowId}/triggers/[id]`}
    >
      <NameField />
      <KindFields kind={kind} current={null} fields={fields} mayExpose={mayExpose} />
    </FormDialog>
  );
}

/** Changes a trigger. */
export function EditTriggerDialog({
  trigger,
  fields,
  mayExpose,
  action,
}: {
  trigger: { id: string; name: string; updatedAt: Date } & TriggerConfig;
  fields: readonly InputField[];
  mayExpose: boolean;
  action: TriggerAction;
}) {
  return (
    <FormDialog
      label="Edit"
      variant="outline"
      title={`Edit ${trigger.name}`}
      description={KIND_LOOKS[trigger.kind].description}
      action={action}
      hidden={{
        kind: trigger.kind,
        triggerId: trigger.id,
        updatedAt: trigger.updatedAt.toISOString(),
      }}
      submitLabel="Save"
      successMessage="Saved"
    >
      <NameField value={trigger.name} />
      <KindFields kind={trigger.kind} current={trigger} fields={fields} mayExpose={mayExpose} />
    </FormDialog>
  );
}

function NameField({ value }: { value?: string }) {
  return (
    <FormField name="name" label="Name" required hint="For your own lists, such as “Orders of the shop”.">
      <Input defaultValue={value} autoComplete="off" autoFocus />
    </FormField>
  );
}

function KindFields({
  kind,
  current,
  fields,
  mayExpose,
}: {
  kind: TriggerKind;
  current: TriggerConfig | null;
  fields: readonly InputField[];
  /** Whether this person may open a trigger to anybody. */
  mayExpose: boolean;
}): ReactNode {
  switch (kind) {
    case "webhook":
      return (
        <WebhookFields config={current?.kind === "webhook" ? current.config : null} mayExpose={mayExpose} />
      );
    case "schedule":
      return <ScheduleFields config={current?.kind === "schedule" ? current.config : null} fields={fields} />;
    case "form":
      return <FormFields config={current?.kind === "form" ? current.config : null} mayExpose={mayExpose} />;
  }
}
