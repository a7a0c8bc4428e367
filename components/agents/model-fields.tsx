"use client";

import { useState } from "react";
import { FormField } from "@/components/shared/form-field";
import { Alert } from "@/components/ui/alert";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import type { LlmConfig } from "@/lib/agents/input";
import { PROVIDERS } from "@/lib/ai/model-ref";
import { type ParameterField, parameterFields } from "@/lib/ai/parameters";
import { PROVIDER_LABELS } from "@/lib/models/provider-config";
import type { ModelDto } from "@/lib/models/queries";

/** The model and, for the chosen one, exactly the parameters it takes. */
export function ModelFields({ models, config }: { models: readonly ModelDto[]; config: LlmConfig }) {
  const [modelKey, setModelKey] = useState(config.modelKey);
  // Also those that the chosen model does not take: another choice may bring them back.
  const [parameters, setParameters] = useState<Readonly<Record<string, string | number>>>(config.parameters);
  const model = models.find((candidate) => candidate.modelKey === modelKey);
  const isGone = modelKey !== "" && !model;
  if (models.length === 0) {
    return (
      <Alert tone="warning">There is no model yet. An administrator of the platform has to add one.</Alert>
    );
  }
  return (
    <>
      <FormField
        name="llmConfig.modelKey"
        label="Model"
        required
        hint={model?.description ?? undefined}
        {...(isGone ? { error: `${modelKey} is not available any more. Choose another model.` } : {})}
      >
        <NativeSelect value={modelKey} onChange={(event) => setModelKey(event.target.value)}>
          {isGone ? <option value={modelKey}>{modelKey} (unavailable)</option> : null}
          {PROVIDERS.map((provider) => (
            <ModelGroup
              key={provider}
              label={PROVIDER_LABELS[provider]}
              models={models.filter((candidate) => candidate.provider === provider)}
            />
          ))}
        </NativeSelect>
      </FormField>
      {model?.provider === "internal" ? (
        <Alert tone="info">
          The built-in model needs no key and no network. It answers with sentences of your documents and
          writes nothing of its own: good for trying things out.
        </Alert>
      ) : null}
      {model ? (
        <div className="grid gap-5 sm:grid-cols-2">
          {parameterFields(model.provider, model.providerModel).map((field) => (
            <ParameterInput
              key={field.name}
              field={field}
              value={parameters[field.name] ?? ""}
              onChange={(value) => setParameters((before) => ({ ...before, [field.name]: value }))}
            />
          ))}
        </div>
      ) : null}
    </>
  );
}

function ModelGroup({ label, models }: { label: string; models: readonly ModelDto[] }) {
  if (models.length === 0) return null;
  return (
    <optgroup label={label}>
      {models.map((model) => (
        <option key={model.modelKey} value={model.modelKey}>
          {model.modelName}
        </option>
      ))}
    </optgroup>
  );
}

function ParameterInput({
  field,
  value,
  onChange,
}: {
  field: ParameterField;
  value: string | number;
  onChange: (value: string) => void;
}) {
  return (
    <FormField name={`llmConfig.parameters.${field.name}`} label={field.label} hint={field.hint}>
      {field.options ? (
        <NativeSelect value={value} onChange={(event) => onChange(event.target.value)}>
          <option value="">The model decides</option>
          {field.options.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </NativeSelect>
      ) : (
        <Input
          type="number"
          inputMode="decimal"
          value={value}
          onChange={(event) => onChange(event.target.value)}
          min={field.min}
          max={field.max}
          step={field.step}
          placeholder="The model decides"
        />
      )}
    </FormField>
  );
}
