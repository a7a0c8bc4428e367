"use client";

import { useState } from "react";
import { KnowledgeFields } from "@/components/agents/knowledge-fields";
import { ModelFields } from "@/components/agents/model-fields";
import { ToolFields } from "@/components/agents/tool-fields";
import { ActionForm } from "@/components/shared/action-form";
import { FormField } from "@/components/shared/form-field";
import { SubmitButton } from "@/components/shared/submit-button";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { Input } from "@/components/ui/input";
import { Textarea } from "@/components/ui/textarea";
import { DEFAULT_TOP_K, type LlmConfig } from "@/lib/agents/input";
import type { AgentDto } from "@/lib/agents/queries";
import type { DocumentChoice, FindDocuments } from "@/lib/knowledge/choices";
import type { ModelDto } from "@/lib/models/queries";
import type { ServerAction } from "@/lib/result";

const ROLE_EXAMPLE = `You answer questions of our customers about orders, delivery and returns.
Be brief and friendly. Answer from the documents, and say which one.
When you are not sure, say so and offer to pass the question on to a person.`;

/** Hires an agent, or with `agent` changes it; `isReadOnly` only shows it. What can be set depends on the model, so that part follows the choice. */
export function AgentForm({
  action,
  agent,
  isReadOnly = false,
  models,
  documents,
  findDocuments,
}: {
  action: ServerAction<{ id: string; version: number }>;
  agent?: AgentDto;
  isReadOnly?: boolean;
  models: readonly ModelDto[];
  documents: readonly DocumentChoice[];
  findDocuments: FindDocuments;
}) {
  // What the fields began with: a page that is read again has a newer version beside fields that stay as they are.
  const [version, setVersion] = useState(agent?.version);
  const isBehind = agent !== undefined && version !== undefined && agent.version > version;
  const config = agent?.llmConfig ?? emptyConfig(models);
  return (
    <ActionForm
      guarded
      action={action}
      successMessage={version ? `Saved as version ${version + 1}` : "Agent hired"}
      {...(agent
        ? { onSuccess: (saved: { version: number }) => setVersion(saved.version) }
        : { successHref: "/app/agents/[id]" })}
    >
      {agent ? <input type="hidden" name="agentId" value={agent.id} /> : null}
      {agent ? <input type="hidden" name="version" value={version} /> : null}
      <fieldset disabled={isReadOnly} className="contents">
        <Card>
          <CardContent className="grid gap-5">
            <FormField name="name" label="Name" required>
              {/* No maxLength on any of these: the browser would cut what is pasted without a word. */}
              <Input defaultValue={agent?.name} placeholder="Returns desk" autoComplete="off" />
            </FormField>
            <FormField
              name="description"
              label="Description"
              hint="For your team: it is not sent to the model."
            >
              <Input defaultValue={agent?.description} autoComplete="off" />
            </FormField>
            <FormField
              name="role"
              label="Role"
              required
              hint="The system prompt: what it does, how it speaks, where its limits are."
            >
              <Textarea defaultValue={agent?.role} placeholder={ROLE_EXAMPLE} className="min-h-44" />
            </FormField>
          </CardContent>
        </Card>
        <Section title="Model" description="Who answers, and how.">
          <ModelFields models={models} config={config} />
        </Section>
        <Section
          title="Knowledge"
          description="Which of your documents it may read. Answers cite their passages."
        >
          <KnowledgeFields
            agentId={agent?.id ?? null}
            documents={documents}
            findDocuments={findDocuments}
            knowledge={config.knowledge}
          />
        </Section>
        <Section title="Tools" description="What it may do by itself while it answers.">
          <ToolFields tools={config.tools} allowedHosts={config.allowedHosts} />
        </Section>
      </fieldset>
      <div className="flex flex-wrap items-center gap-3">
        {isReadOnly ? null : (
          <SubmitButton pendingLabel="Saving">{agent ? "Save" : "Hire agent"}</SubmitButton>
        )}
        {agent ? <span className="text-muted-foreground text-sm">Now version {agent.version}</span> : null}
        {isBehind ? (
          <p className="w-full text-sm text-warning">
            Somebody saved version {agent.version} while you were editing version {version}. Copy what you
            need, then reload the page.
          </p>
        ) : null}
      </div>
    </ActionForm>
  );
}

function emptyConfig(models: readonly ModelDto[]): LlmConfig {
  return {
    modelKey: models[0]?.modelKey ?? "",
    parameters: {},
    tools: [],
    allowedHosts: [],
    knowledge: { mode: "none", documentIds: [], topK: DEFAULT_TOP_K },
  };
}

function Section({
  title,
  description,
  children,
}: {
  title: string;
  description: string;
  children: React.ReactNode;
}) {
  return (
    <Card>
      <CardHeader>
        <CardTitle>{title}</CardTitle>
        <CardDescription>{description}</CardDescription>
      </CardHeader>
      <CardContent className="grid gap-5">{children}</CardContent>
    </Card>
  );
}
