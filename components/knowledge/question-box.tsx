"use client";

import { Search } from "lucide-react";
import { useState } from "react";
import { FoundPassages } from "@/components/knowledge/found-passages";
import { ActionForm } from "@/components/shared/action-form";
import { FormField } from "@/components/shared/form-field";
import { SubmitButton } from "@/components/shared/submit-button";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import type { Passage } from "@/lib/knowledge/retrieve";
import type { ServerAction } from "@/lib/result";

/** Asks the documents a question and shows what a model would be given, with scores. */
export function QuestionBox({
  action,
  agents,
}: {
  action: ServerAction<Passage[]>;
  agents: readonly { id: string; name: string }[];
}) {
  const [passages, setPassages] = useState<readonly Passage[] | null>(null);
  return (
    <div className="grid gap-4">
      <ActionForm action={action} onSuccess={setPassages}>
        <div className="grid items-end gap-3 sm:grid-cols-[1fr_13rem_auto]">
          <FormField name="query" label="Question" required>
            {/* No maxLength: the browser would cut what is pasted without a word. */}
            <Input placeholder="How long do customers have to return something?" autoComplete="off" />
          </FormField>
          <FormField name="agentId" label="As seen by" required>
            <NativeSelect defaultValue="">
              <option value="">The whole workspace</option>
              {agents.map((agent) => (
                <option key={agent.id} value={agent.id}>
                  {agent.name}
                </option>
              ))}
            </NativeSelect>
          </FormField>
          <SubmitButton pendingLabel="Searching">
            <Search aria-hidden="true" />
            Search
          </SubmitButton>
        </div>
      </ActionForm>
      <div aria-live="polite">{passages ? <FoundPassages passages={passages} /> : null}</div>
    </div>
  );
}
