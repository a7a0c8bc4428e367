"use client";

import { FieldErrorList, FieldGroup } from "@/components/shared/form-field";
import { errorsOf, useFormState } from "@/components/shared/form-state";
import { Checkbox } from "@/components/ui/checkbox";
import { Label } from "@/components/ui/label";
import { API_SCOPES, type ApiScope } from "@/lib/auth/permissions";

const MEANINGS: Readonly<Record<ApiScope, string>> = {
  "agents:read": "List agents",
  "agents:run": "Run agents",
  "workflows:read": "List workflows",
  "workflows:run": "Run workflows",
  "executions:read": "Read runs and their results",
  "executions:cancel": "Cancel runs",
  "approvals:answer": "Read and answer approvals",
  "executions:run": "Resume and replay runs",
  "documents:read": "List and search documents",
  "documents:write": "Upload and delete documents",
  "usage:read": "Read usage",
  "invoices:read": "Read invoices, plan, balance and caps",
  "billing:write": "Buy credit and change the plan",
  "caps:write": "Set spending caps",
};

/** What the key may do: one box for each scope. */
export function ScopeChoice() {
  const errors = errorsOf(useFormState().error?.fields, "scopes");
  return (
    <FieldGroup legend="What it may do">
      <div className="grid gap-2.5 sm:grid-cols-2">
        {API_SCOPES.map((scope) => (
          <div key={scope} className="flex items-start gap-2.5">
            <Checkbox id={`scope-${scope}`} name="scopes[]" value={scope} className="mt-0.5" />
            <Label htmlFor={`scope-${scope}`} className="grid gap-0.5 font-normal leading-5">
              {MEANINGS[scope]}
              <code className="font-mono text-muted-foreground text-xs">{scope}</code>
            </Label>
          </div>
        ))}
      </div>
      {/* Named like the field of the error, so that it is said here and not again at the top. */}
      <output name="scopes">
        <FieldErrorList id="scopes-error" errors={errors} />
      </output>
    </FieldGroup>
  );
}
