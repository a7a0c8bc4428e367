import { TriangleAlert } from "lucide-react";
import { ModelFields, PROVIDER_LABELS } from "@/components/admin/model-fields";
import { ActionButton } from "@/components/shared/action-button";
import { FormDialog } from "@/components/shared/form-dialog";
import { formatCount } from "@/components/shared/format";
import { StatusBadge } from "@/components/shared/status-badge";
import { Link } from "@/components/ui/link";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { ModelRow } from "@/lib/admin/queries/platform";
import type { ServerAction } from "@/lib/result";

export type ListedModel = ModelRow & { unpriced: readonly string[] };

type Action = ServerAction<{ modelKey: string }>;

function providerLabel(provider: string): string {
  return Object.entries(PROVIDER_LABELS).find(([key]) => key === provider)?.[1] ?? provider;
}

export function ModelTable({
  models,
  save,
  setActive,
}: {
  models: readonly ListedModel[];
  save: Action;
  setActive: Action;
}) {
  return (
    <Table folds>
      <TableHeader>
        <TableRow>
          <TableHead>Model</TableHead>
          <TableHead>Provider</TableHead>
          <TableHead>Does</TableHead>
          <TableHead numeric>Context</TableHead>
          <TableHead>State</TableHead>
          <TableHead>
            <span className="sr-only">Actions</span>
          </TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {models.map((model) => (
          <TableRow key={model.modelKey}>
            <TableCell className="min-w-52">
              <p className="font-medium">{model.modelName}</p>
              <p className="wrap-anywhere font-mono text-muted-foreground text-xs">{model.modelKey}</p>
              {model.unpriced.length > 0 ? <Unpriced what={model.unpriced} /> : null}
            </TableCell>
            <TableCell label="Provider" className="min-w-32">
              {providerLabel(model.provider)}
            </TableCell>
            <TableCell label="Does" className="whitespace-nowrap">
              {model.modelType === "embedding" ? "Embeds" : "Writes"}
            </TableCell>
            <TableCell label="Context" numeric>
              {model.contextTokens ? formatCount(model.contextTokens) : "–"}
            </TableCell>
            <TableCell label="State">
              <StatusBadge status={model.isActive ? "active" : "inactive"} />
            </TableCell>
            <TableCell>
              <ModelActions model={model} save={save} setActive={setActive} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function Unpriced({ what }: { what: readonly string[] }) {
  return (
    <p className="mt-1 flex items-start gap-1.5 text-warning text-xs">
      <TriangleAlert className="mt-px size-3.5 shrink-0" aria-hidden="true" />
      <span>
        No price for {what.join(" and ")}: it cannot be used.{" "}
        <Link href="/admin/rates" className="underline underline-offset-2">
          Set one
        </Link>
      </span>
    </p>
  );
}

/** What no longer works without a model. */
function whatStops(modelType: string): string {
  return modelType === "embedding"
    ? "Documents embedded with it are found by their words alone until it is on again, no longer by their meaning. What is being read is embedded with another one."
    : "Agents and workflows that use it are refused until it is on again.";
}

function ModelActions({ model, save, setActive }: { model: ListedModel; save: Action; setActive: Action }) {
  return (
    <div className="flex justify-end gap-2">
      <FormDialog
        label="Edit"
        triggerLabel={`Edit ${model.modelName}`}
        size="sm"
        title={model.modelName}
        description={`Its key ${model.modelKey} stays, because usage and prices refer to it.`}
        action={save}
        hidden={{ modelKey: model.modelKey, modelType: model.modelType }}
        submitLabel="Save"
        successMessage="The model is saved."
      >
        <ModelFields model={model} />
      </FormDialog>
      <ActionButton
        action={setActive}
        input={{ modelKey: model.modelKey, isActive: !model.isActive }}
        variant="outline"
        size="sm"
        aria-label={`${model.isActive ? "Switch off" : "Switch on"} ${model.modelName}`}
        successMessage={`${model.modelName} is ${model.isActive ? "off" : "on"}.`}
        {...(model.isActive
          ? {
              confirm: {
                title: `Switch off ${model.modelName}?`,
                description: whatStops(model.modelType),
                confirmLabel: "Switch off",
                destructive: true,
              },
            }
          : {})}
      >
        {model.isActive ? "Switch off" : "Switch on"}
      </ActionButton>
    </div>
  );
}
