import { BookOpenText } from "lucide-react";
import type { Metadata } from "next";
import { DocumentTable } from "@/components/knowledge/document-table";
import { formatName } from "@/components/knowledge/format-icon";
import { QuestionBox } from "@/components/knowledge/question-box";
import { UploadPanel } from "@/components/knowledge/upload-panel";
import { EmptyState } from "@/components/shared/empty-state";
import { FilterSelect, Toolbar } from "@/components/shared/filter-select";
import { LiveRefresh } from "@/components/shared/live-refresh";
import { NothingFits } from "@/components/shared/nothing-fits";
import { PageHeader, SectionHeader } from "@/components/shared/page-header";
import { SearchInput } from "@/components/shared/search-input";
import { listAgentChoices } from "@/lib/agents/queries";
import { denial } from "@/lib/auth/authorize";
import { requireTenant } from "@/lib/auth/scope";
import { DOCUMENT_STATUSES, type DocumentStatus, listDocumentsInput } from "@/lib/knowledge/input";
import { DOCUMENT_FORMATS } from "@/lib/knowledge/parse/document";
import { listDocuments } from "@/lib/knowledge/queries";
import { readQuery, type SearchParams } from "@/lib/query";
import { tryQuestionAction } from "./actions";

export const metadata: Metadata = { title: "Knowledge" };

const STATUS_LABELS: Readonly<Record<DocumentStatus, string>> = {
  processing: "Under way",
  completed: "Ready",
  failed: "Failed",
};

export default async function KnowledgePage({ searchParams }: { searchParams: SearchParams }) {
  const scope = await requireTenant();
  const input = await readQuery(searchParams, listDocumentsInput);
  const [page, agents] = await Promise.all([listDocuments(scope, input), listAgentChoices(scope)]);
  const isFiltered = Boolean(input.q || input.status || input.format || input.agentId || input.cursor);
  return (
    <>
      <PageHeader
        title="Knowledge"
        description="What your agents can look up. Answers cite the document and the page, and a click opens the passage."
      />
      <LiveRefresh active={page.items.some((document) => document.status === "processing")} />
      {denial(scope, "knowledge.upload") ? null : <UploadPanel agents={agents} />}
      {page.items.length === 0 && !isFiltered ? (
        <EmptyState icon={BookOpenText} title="No documents yet">
          Add a handbook, price list or contract. It is read, cut into passages and made searchable by meaning
          and by words. Then let an agent use it: it quotes from it instead of guessing.
        </EmptyState>
      ) : (
        <>
          <Toolbar>
            <SearchInput label="Search by name" />
            <FilterSelect
              param="status"
              label="State"
              allLabel="Every state"
              options={DOCUMENT_STATUSES.map((value) => ({ value, label: STATUS_LABELS[value] }))}
            />
            <FilterSelect
              param="format"
              label="Format"
              allLabel="Every format"
              options={DOCUMENT_FORMATS.map((value) => ({ value, label: formatName(value) }))}
            />
            {agents.length > 0 ? (
              <FilterSelect
                param="agentId"
                label="Agent"
                allLabel="For anyone"
                options={agents.map((agent) => ({ value: agent.id, label: `Only for ${agent.name}` }))}
              />
            ) : null}
          </Toolbar>
          {page.items.length === 0 ? <NothingFits what="document" /> : <DocumentTable page={page} />}
          {denial(scope, "knowledge.search") ? null : (
            <section className="mt-10" aria-label="Try a question">
              <SectionHeader
                title="Try a question"
                description="Shows the passages a model would be given. Each search is metered like any other."
              />
              <QuestionBox action={tryQuestionAction} agents={agents} />
            </section>
          )}
        </>
      )}
    </>
  );
}
