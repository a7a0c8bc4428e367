import type { Metadata } from "next";
import { AgentForm } from "@/components/agents/agent-form";
import { PageHeader } from "@/components/shared/page-header";
import { Alert } from "@/components/ui/alert";
import { denial } from "@/lib/auth/authorize";
import { requireTenant } from "@/lib/auth/scope";
import { listDocumentChoices } from "@/lib/knowledge/choice-queries";
import { listModels } from "@/lib/models/queries";
import { findDocumentsAction } from "../../knowledge/actions";
import { createAgentAction } from "../actions";

export const metadata: Metadata = { title: "New agent" };

export default async function NewAgentPage() {
  const scope = await requireTenant();
  const [models, documents] = await Promise.all([listModels(scope), listDocumentChoices(scope, null)]);
  const refusal = denial(scope, "agent.create");
  return (
    <>
      <PageHeader
        title="New agent"
        description="Describe the job as you would to a new colleague. Everything can be changed later; each save is kept as a version."
        breadcrumb={[{ label: "Agents", href: "/app/agents" }, { label: "New" }]}
      />
      <div className="max-w-3xl">
        {refusal ? (
          <Alert title={refusal.message} />
        ) : (
          <AgentForm
            action={createAgentAction}
            models={models}
            documents={documents}
            findDocuments={findDocumentsAction}
          />
        )}
      </div>
    </>
  );
}
