"use client";

import { Check, X } from "lucide-react";
import { readInboxNow } from "@/components/notifications/live-inbox";
import { ActionForm } from "@/components/shared/action-form";
import { FormField } from "@/components/shared/form-field";
import { SubmitButton } from "@/components/shared/submit-button";
import { InputFields } from "@/components/triggers/input-fields";
import { Textarea } from "@/components/ui/textarea";
import type { ServerAction } from "@/lib/result";
import type { InputField } from "@/lib/workflows/kinds/input";

/** Approves or rejects, with what the question asks for and a word about it. */
export function AnswerForm({
  approvalId,
  fields,
  action,
}: {
  approvalId: string;
  fields: readonly InputField[];
  action: ServerAction<unknown>;
}) {
  return (
    <ActionForm
      guarded
      action={action}
      successMessage="Your answer is given; the run goes on."
      onSuccess={() => void readInboxNow()}
    >
      <input type="hidden" name="approvalId" value={approvalId} />
      <InputFields fields={fields} prefix="answer" />
      <FormField name="comment" label="Comment" hint="Goes into the run, and is kept with your answer.">
        <Textarea rows={3} />
      </FormField>
      <div className="flex flex-wrap gap-2">
        <SubmitButton name="decision" value="approved">
          <Check aria-hidden="true" />
          Approve
        </SubmitButton>
        <SubmitButton name="decision" value="rejected" variant="outline">
          <X aria-hidden="true" />
          Reject
        </SubmitButton>
      </div>
    </ActionForm>
  );
}
