import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { CostRangeText } from "@/components/runs/cost-estimate";
import { SubmitButton } from "@/components/shared/submit-button";
import { FormCard } from "@/components/triggers/form-card";
import { InputFields } from "@/components/triggers/input-fields";
import { VisitorForm } from "@/components/triggers/visitor-form";
import { requireSession } from "@/lib/auth/scope";
import { newSecretToken } from "@/lib/secrets/tokens";
import { costOfForm, enterForm, readFormPage } from "@/lib/triggers/form-visit";
import { submitFormAction } from "../actions";

export const metadata: Metadata = { title: "Form" };

export default async function FormPage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const entry = await enterForm(token);
  if (entry.state === "sign_in") await requireSession();
  if (entry.state !== "open") notFound();
  const form = await readFormPage(entry.scope, entry.trigger);
  if (!form) notFound();
  const cost = await costOfForm(entry.scope, entry.trigger);
  return (
    <FormCard title={form.title} description={form.description}>
      <VisitorForm action={submitFormAction} successHref={`/f/${token}/[id]`}>
        <input type="hidden" name="token" value={token} />
        <input type="hidden" name="submission" value={newSecretToken()} />
        {cost ? (
          <div className="rounded-lg border bg-muted/40 px-4 py-3 text-sm">
            <CostRangeText range={cost} />
          </div>
        ) : null}
        <InputFields fields={form.fields} prefix="input" />
        <SubmitButton size="lg" pendingLabel="Sending" className="w-full sm:w-fit">
          {form.submitLabel || "Send"}
        </SubmitButton>
      </VisitorForm>
    </FormCard>
  );
}
