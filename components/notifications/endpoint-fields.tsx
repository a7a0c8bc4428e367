"use client";

import { FieldErrorList, FieldGroup, FormField } from "@/components/shared/form-field";
import { errorsOf, useFormState } from "@/components/shared/form-state";
import { Checkbox } from "@/components/ui/checkbox";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { KIND_FACTS, NOTICE_KINDS } from "@/lib/notifications/kinds";

export type EndpointValues = {
  url: string;
  description: string;
  kinds: readonly string[];
};

/** Where an endpoint is and what it is told. */
export function EndpointFields({ values }: { values?: EndpointValues }) {
  const errors = errorsOf(useFormState().error?.fields, "kinds");
  return (
    <>
      <FormField
        name="url"
        label="Address"
        required
        hint="A public https address that takes a POST with JSON."
      >
        <Input
          type="url"
          inputMode="url"
          defaultValue={values?.url}
          placeholder="https://example.com/hooks/hirebuddha"
          autoComplete="off"
        />
      </FormField>
      <FormField name="description" label="Description">
        <Input
          defaultValue={values?.description}
          placeholder="Tells the on-call channel"
          autoComplete="off"
        />
      </FormField>
      <FieldGroup legend="It is told when">
        <div className="grid gap-3">
          {NOTICE_KINDS.map((kind) => (
            <div key={kind} className="flex items-start gap-2.5">
              <Checkbox
                id={`kind-${kind}`}
                name="kinds[]"
                value={kind}
                defaultChecked={values ? values.kinds.includes(kind) : kind === "run_failed"}
                className="mt-0.5"
              />
              <Label htmlFor={`kind-${kind}`} className="grid gap-0.5 font-normal leading-5">
                {KIND_FACTS[kind].label}
                <code className="font-mono text-muted-foreground text-xs">{kind}</code>
              </Label>
            </div>
          ))}
        </div>
        {/* Named like the field of the error, so that it is said here and not again at the top. */}
        <output name="kinds">
          <FieldErrorList id="kinds-error" errors={errors} />
        </output>
      </FieldGroup>
    </>
  );
}
