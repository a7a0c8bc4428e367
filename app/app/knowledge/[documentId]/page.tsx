import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { cache } from "react";
import { MoneyRemedy } from "@/components/billing/money-remedy";
import { DocumentActions } from "@/components/knowledge/document-actions";
import { DocumentFacts } from "@/components/knowledge/document-facts";
import { DocumentStage } from "@/components/knowledge/document-stage";
import { PassageList } from "@/components/knowledge/passage-list";
import { LiveRefresh } from "@/components/shared/live-refresh";
import { PageHeader, SectionHeader } from "@/components/shared/page-header";
import { Alert } from "@/components/ui/alert";
import { listAgentsNaming } from "@/lib/agents/queries";
import { denial } from "@/lib/auth/authorize";
import { requireTenant } from "@/lib/auth/scope";
import { listPassagesInput } from "@/lib/knowledge/input";
import { documentWarnings, findDocument, listPassages } from "@/lib/knowledge/queries";
import { documentWait } from "@/lib/knowledge/stages";
import { readQuery, type SearchParams } from "@/lib/query";
import { listWorkflowsNaming } from "@/lib/workflows/document-queries";
import { deleteDocumentAction, retryDocumentAction } from "../actions";

type Props = { params: Promise<{ documentId: string }>; searchParams: SearchParams };

const documentOf = cache(async (documentId: string) => findDocument(await requireTenant(), documentId));

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await documentOf((await params).documentId))?.filename ?? "Document" };
}

export default async function DocumentPage({ params, searchParams }: Props) {
  const scope = await requireTenant();
  const { documentId } = await params;
  const document = await documentOf(documentId);
  if (!document) notFound();
  const place = await readQuery(searchParams, listPassagesInput.omit({ documentId: true }));
  const [page, agents, workflows, warnings] = await Promise.all([
    listPassages(scope, { ...place, documentId }),
    listAgentsNaming(scope, documentId),
    listWorkflowsNaming(scope, documentId),
    documentWarnings(scope, documentId),
  ]);
  const wait = documentWait(document);
  const isForCap = wait?.kind === "cap";
  const isGone = place.passage !== undefined && !page.items.some((passage) => passage.id === place.passage);
  return (
    <>
      <LiveRefresh active={document.status === "processing"} />
      <PageHeader
        title={document.filename}
        breadcrumb={[{ label: "Knowledge", href: "/app/knowledge" }, { label: document.filename }]}
        badge={<DocumentStage document={document} showReason={false} />}
        actions={
          <DocumentActions
            document={document}
            agents={agents}
            workflows={workflows}
            retryAction={denial(scope, "knowledge.upload") ? null : retryDocumentAction}
            deleteAction={denial(scope, "knowledge.delete") ? null : deleteDocumentAction}
          />
        }
      />
      {document.errorMessage ? (
        <Alert tone="danger" title="This document could not be read" className="mb-6">
          {document.errorMessage}
        </Alert>
      ) : null}
      {warnings.length > 0 ? (
        <Alert tone="warning" title="Look whether all of it is there" className="mb-6">
          {warnings.map((warning) => (
            <p key={warning}>{warning}</p>
          ))}
        </Alert>
      ) : null}
      {wait ? (
        <Alert tone="warning" title={wait.label} className="mb-6">
          {wait.message}{" "}
          {wait.kind === "suspended" ? null : (
            <MoneyRemedy
              reason={isForCap ? "cap" : "credit"}
              maySpend={denial(scope, "billing.read") === null}
              className="font-medium underline underline-offset-2"
            />
          )}
        </Alert>
      ) : null}
      <div className="grid items-start gap-6 lg:grid-cols-[1fr_20rem]">
        <section aria-label="Passages" className="min-w-0">
          <SectionHeader title="Passages" description="What the text was cut into: a search finds these." />
          {isGone ? (
            <Alert tone="warning" className="mb-3">
              The cited passage is no longer there: the document was read again since.
            </Alert>
          ) : null}
          {page.total === 0 ? (
            <p className="rounded-lg border border-dashed px-4 py-10 text-center text-muted-foreground text-sm">
              {document.status === "processing"
                ? "The passages appear here once the text is cut."
                : "There are none."}
            </p>
          ) : (
            <PassageList documentId={documentId} page={page} selected={isGone ? undefined : place.passage} />
          )}
        </section>
        <DocumentFacts document={document} agents={agents} workflows={workflows} />
      </div>
    </>
  );
}
