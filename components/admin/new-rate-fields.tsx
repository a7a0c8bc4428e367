"use client";

import { useState } from "react";
import { PriceField, PriceFields } from "@/components/billing/price-fields";
import { FormField } from "@/components/shared/form-field";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { RESOURCE_TYPES, RESOURCES, type ResourceType, UNIT_LABELS } from "@/lib/metering/resources";

type Model = { modelKey: string; modelName: string; modelType: string };

function modelsFor(resourceType: ResourceType, models: readonly Model[]): readonly Model[] {
  if (!RESOURCES[resourceType].isPerModel) return [];
  const type = resourceType === "embedding_tokens" ? "embedding" : "text";
  return models.filter((model) => model.modelType === type);
}

/** What is priced, for which model, at what price, from when. */
export function NewRateFields({
  models,
  isDraft = false,
}: {
  models: readonly Model[];
  /** A draft's prices begin together, and have no notes. */
  isDraft?: boolean;
}) {
  const [resourceType, setResourceType] = useState<ResourceType>("text_tokens_input");
  const { unit, isPerModel } = RESOURCES[resourceType];
  return (
    <>
      <FormField name="resourceType" label="Resource" required>
        <NativeSelect
          value={resourceType}
          onChange={(event) => {
            const chosen = RESOURCE_TYPES.find((type) => type === event.target.value);
            if (chosen) setResourceType(chosen);
          }}
        >
          {RESOURCE_TYPES.map((type) => (
            <option key={type} value={type}>
              {RESOURCES[type].label}
            </option>
          ))}
        </NativeSelect>
      </FormField>
      {isPerModel ? (
        <FormField name="modelKey" label="Model" required>
          <NativeSelect key={resourceType}>
            <option value="">Every model without a price of its own</option>
            {modelsFor(resourceType, models).map((model) => (
              <option key={model.modelKey} value={model.modelKey}>
                {model.modelName}
              </option>
            ))}
          </NativeSelect>
        </FormField>
      ) : null}
      {isDraft ? (
        <PriceField unit={UNIT_LABELS[unit]} />
      ) : (
        <>
          <PriceFields unit={UNIT_LABELS[unit]} />
          <FormField name="description" label="Note">
            <Input autoComplete="off" />
          </FormField>
        </>
      )}
    </>
  );
}
