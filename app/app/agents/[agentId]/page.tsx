import { Activity, History } from "lucide-react";
import type { Metadata } from "next";
import { cache } from "react";
import { AgentForm } from "@/components/agents/agent-form";
import { AgentMenu } from "@/components/agents/agent-menu";
import { AgentWorkspace } from "@/components/agents/agent-workspace";
import { Playground } from "@/components/agents/playground/playground";
import { PageHeader } from "@/components/shared/page-header";
import { StatusBadge } from "@/components/shared/status-badge";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import type { TenantScope } from "@/db/scope";
import { type AgentDto, getAgent } from "@/lib/agents/queries";
import { denial } from "@/lib/auth/authorize";
import { orNotFound } from "@/lib/auth/page";
import { requireTenant } from "@/lib/auth/scope";
import { listDocumentChoices } from "@/lib/knowledge/choice-queries";
import { listModels } from "@/lib/models/queries";
import { findDocumentsAction } from "../../knowledge/actions";
import { estimateRunAction } from "../../workflows/actions";
import {
  duplicateAgentAction,
  setAgentActiveAction,
  updateAgentAction,
  workflowsAskingAction,
} from "../actions";

type Params = Promise<{ agentId: string }>;

const agentOf = cache(async (agentId: string) => orNotFound(getAgent(await requireTenant(), agentId)));

export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  return { title: (await agentOf((await params).agentId)).name };
}

export default async function AgentPage({ params }: { params: Params }) {
  const scope = await requireTenant();
  const { agentId } = await params;
  const agent = await agentOf(agentId);
  const [models, documents] = await Promise.all([listModels(scope), listDocumentChoices(scope, agentId)]);
  const canEdit = denial(scope, "agent.update") === null;
  return (
    <>
      <PageHeader
        title={agent.name}
        description={agent.description || null}
        breadcrumb={[{ label: "Agents", href: "/app/agents" }, { label: agent.name }]}
        badge={<StatusBadge status={agent.isActive ? "active" : "inactive"} />}
        actions={<AgentActions agent={agent} canEdit={canEdit} />}
      />
      <AgentWorkspace
        form={
          <AgentForm
            action={updateAgentAction}
            agent={agent}
            isReadOnly={!canEdit}
            models={models}
            documents={documents}
            findDocuments={findDocumentsAction}
          />
        }
        playground={
          <Playground
            userId={scope.actor.kind === "user" ? scope.actor.userId : null}
            agentId={agent.id}
            name={agent.name}
            version={agent.version}
            why={whyNotAsked(scope, agent)}
            estimate={estimateRunAction}
          />
        }
      />
    </>
  );
}

/** Why nobody can talk to it just now, or null. */
function whyNotAsked(scope: TenantScope, { isActive }: AgentDto): string | null {
  if (denial(scope, "agent.run")) return "Nobody can talk to it here right now";
  return isActive ? null : "Activate the agent to talk to it";
}

function AgentActions({ agent: { id, name, isActive }, canEdit }: { agent: AgentDto; canEdit: boolean }) {
  return (
    <>
      <Button asChild variant="outline">
        <Link href={`/app/runs?agentId=${id}`}>
          <Activity aria-hidden="true" />
          Runs
        </Link>
      </Button>
      <Button asChild variant="outline">
        <Link href={`/app/agents/${id}/versions`}>
          <History aria-hidden="true" />
          Versions
        </Link>
      </Button>
      {canEdit ? (
        <AgentMenu
          agent={{ id, name, isActive }}
          duplicateAction={duplicateAgentAction}
          setActiveAction={setAgentActiveAction}
          askingAction={workflowsAskingAction}
        />
      ) : null}
    </>
  );
}
