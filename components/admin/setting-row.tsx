import { Lock } from "lucide-react";
import type { ReactNode } from "react";
import { ActionButton } from "@/components/shared/action-button";
import { FormDialog } from "@/components/shared/form-dialog";
import { FormField } from "@/components/shared/form-field";
import { RelativeTime } from "@/components/shared/relative-time";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import type { ConfigView } from "@/lib/admin/queries/platform";
import type { ServerAction } from "@/lib/result";

type Action = ServerAction<{ key: string }>;

/** One setting: what it is, what may be shown of it, and how to change it. */
export function SettingRow({
  setting,
  choices,
  set,
  clear,
}: {
  setting: ConfigView;
  /** The values that make sense, where they are known. */
  choices?: readonly { value: string; label: string }[];
  set: Action;
  clear: Action;
}) {
  const name = `${setting.group}: ${setting.label}`;
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 py-4 first:pt-0 last:pb-0">
      <div className="min-w-0 flex-1 basis-64 text-sm">
        <p className="font-medium">{setting.label}</p>
        <p className="mt-0.5 text-[0.8125rem] text-muted-foreground">{setting.hint}</p>
        <p className="wrap-anywhere mt-2">
          <Shown setting={setting} />
        </p>
      </div>
      <div className="flex gap-2">
        <FormDialog
          label={setting.isSet ? "Replace" : "Set"}
          triggerLabel={`${setting.isSet ? "Replace" : "Set"} ${name}`}
          size="sm"
          title={name}
          description={setting.hint}
          action={set}
          hidden={{ key: setting.key }}
          submitLabel="Save"
          successMessage="The setting is saved."
        >
          <FormField name="value" label={setting.label} required>
            {valueControl(setting, choices)}
          </FormField>
        </FormDialog>
        {setting.isSet ? (
          <ActionButton
            action={clear}
            input={{ key: setting.key }}
            variant="outline"
            size="sm"
            aria-label={`Clear ${name}`}
            successMessage="The setting is cleared."
            confirm={{
              title: `Clear ${name}?`,
              description: setting.whenCleared ?? "What needs it stops working until it is set again.",
              confirmLabel: "Clear",
              destructive: true,
            }}
          >
            Clear
          </ActionButton>
        ) : null}
      </div>
    </div>
  );
}

function valueControl(setting: ConfigView, choices?: readonly { value: string; label: string }[]): ReactNode {
  if (choices && choices.length > 0) {
    return (
      <NativeSelect defaultValue={setting.value ?? undefined}>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </NativeSelect>
    );
  }
  return (
    <Input
      type={setting.isSealed ? "password" : setting.kind === "url" ? "url" : "text"}
      // Browsers offer to keep passwords; this one is not the person's.
      autoComplete={setting.isSealed ? "new-password" : "off"}
      spellCheck={false}
      defaultValue={setting.value ?? ""}
      className="font-mono"
    />
  );
}

function Shown({ setting }: { setting: ConfigView }) {
  if (!setting.isSet) return <span className="text-muted-foreground">Not set</span>;
  return (
    <>
      {setting.isSealed ? (
        <span className="inline-flex items-center gap-1.5">
          <Lock className="size-3.5 text-muted-foreground" aria-hidden="true" />
          Sealed <code className="font-mono">{setting.lastFour}</code>
        </span>
      ) : (
        <code className="font-mono">{setting.value}</code>
      )}
      {setting.updatedAt ? (
        <span className="text-muted-foreground">
          {" "}
          · set <RelativeTime value={setting.updatedAt} />
        </span>
      ) : null}
    </>
  );
}
