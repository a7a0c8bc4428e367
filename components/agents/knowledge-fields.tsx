"use client";

import { useState } from "react";
import { DocumentPicker } from "@/components/agents/document-picker";
import { FormField } from "@/components/shared/form-field";
import { KeptFields } from "@/components/shared/kept-fields";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { Link } from "@/components/ui/link";
import { RadioGroup, RadioGroupItem } from "@/components/ui/radio-group";
import type { AgentKnowledge } from "@/lib/agents/input";
import { KNOWLEDGE_LABELS } from "@/lib/agents/words";
import type { DocumentChoice, FindDocuments } from "@/lib/knowledge/choices";

const MODES = [
  { value: "none", label: KNOWLEDGE_LABELS.none, hint: "It answers from its role and the conversation." },
  {
    value: "all",
    label: KNOWLEDGE_LABELS.all,
    hint: "Also those uploaded later, unless kept for another agent.",
  },
  { value: "selected", label: KNOWLEDGE_LABELS.selected, hint: "Only those you tick." },
] as const;

type Mode = AgentKnowledge["mode"];

/** Which documents an agent may read, and how much of them is put before the model. */
export function KnowledgeFields({
  agentId,
  documents,
  findDocuments,
  knowledge,
}: {
  /** Null for an agent that is not there yet. */
  agentId: string | null;
  documents: readonly DocumentChoice[];
  findDocuments: FindDocuments;
  knowledge: AgentKnowledge;
}) {
  const [mode, setMode] = useState<Mode>(knowledge.mode);
  return (
    <>
      <FormField name="llmConfig.knowledge.mode" label="Documents" required>
        <RadioGroup value={mode} onValueChange={(value) => setMode(value as Mode)}>
          {MODES.map((choice) => (
            <div key={choice.value} className="flex items-start gap-2.5">
              <RadioGroupItem id={`mode-${choice.value}`} value={choice.value} className="mt-px" />
              <Label htmlFor={`mode-${choice.value}`} className="block font-normal leading-5">
                {choice.label}
                <span className="block text-[0.8125rem] text-muted-foreground">{choice.hint}</span>
              </Label>
            </div>
          ))}
        </RadioGroup>
      </FormField>
      <KeptFields isAsked={mode === "selected"}>
        <DocumentPicker
          agentId={agentId}
          documents={documents}
          find={findDocuments}
          selected={knowledge.documentIds}
        />
      </KeptFields>
      {mode !== "none" && documents.length === 0 ? <NoDocuments /> : null}
      <KeptFields isAsked={mode !== "none"}>
        <FormField
          name="llmConfig.knowledge.topK"
          label="Passages for each question"
          hint="1 to 20. More finds more and costs more."
          required
        >
          <Input
            type="number"
            inputMode="numeric"
            min={1}
            max={20}
            step={1}
            defaultValue={knowledge.topK}
            className="w-28"
          />
        </FormField>
      </KeptFields>
    </>
  );
}

function NoDocuments() {
  return (
    <p className="text-muted-foreground text-sm">
      There are no documents yet.{" "}
      <Link href="/app/knowledge" className="link">
        Upload some
      </Link>
      , and they can be read here.
    </p>
  );
}
