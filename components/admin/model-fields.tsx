import { FormField } from "@/components/shared/form-field";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { Textarea } from "@/components/ui/textarea";
import type { ModelRow } from "@/lib/admin/queries/platform";
import { PROVIDERS } from "@/lib/ai/model-ref";

export const PROVIDER_LABELS: Readonly<Record<(typeof PROVIDERS)[number], string>> = {
  openai: "OpenAI",
  openai_compatible: "OpenAI-compatible service",
  internal: "Built in, needs no network",
};

/** The fields of a model; with `model`, of that one: then its key and kind stay. */
export function ModelFields({ model }: { model?: ModelRow }) {
  return (
    <>
      {model ? null : (
        <FormField
          name="modelKey"
          label="Key"
          hint="What usage and prices refer to. It cannot change."
          required
        >
          <Input autoComplete="off" placeholder="gpt-4.1-mini" className="font-mono" />
        </FormField>
      )}
      <FormField name="modelName" label="Name" hint="What people choose." required>
        <Input autoComplete="off" defaultValue={model?.modelName} />
      </FormField>
      <div className="grid gap-5 sm:grid-cols-2">
        <FormField name="provider" label="Provider" required>
          <NativeSelect defaultValue={model?.provider}>
            {PROVIDERS.map((provider) => (
              <option key={provider} value={provider}>
                {PROVIDER_LABELS[provider]}
              </option>
            ))}
          </NativeSelect>
        </FormField>
        {model ? null : (
          <FormField name="modelType" label="What it does" required>
            <NativeSelect>
              <option value="text">Writes text</option>
              <option value="embedding">Embeds documents</option>
            </NativeSelect>
          </FormField>
        )}
      </div>
      <FormField name="providerModel" label="Name at the provider" hint="Where it differs from the key.">
        <Input autoComplete="off" defaultValue={model?.providerModel ?? ""} className="font-mono" />
      </FormField>
      <div className="grid gap-5 sm:grid-cols-2">
        <FormField name="contextTokens" label="Context in tokens">
          <Input inputMode="numeric" defaultValue={model?.contextTokens ?? ""} />
        </FormField>
        <FormField name="maxOutputTokens" label="Longest answer in tokens">
          <Input inputMode="numeric" defaultValue={model?.maxOutputTokens ?? ""} />
        </FormField>
      </div>
      <FormField name="description" label="Description">
        <Textarea rows={2} defaultValue={model?.description ?? ""} />
      </FormField>
    </>
  );
}
