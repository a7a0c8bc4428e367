import type { Metadata } from "next";
import { AgentVersionTable } from "@/components/agents/version-table";
import { CursorPager } from "@/components/shared/data-table";
import { FieldChanges } from "@/components/shared/field-changes";
import { PageHeader, SectionHeader } from "@/components/shared/page-header";
import { VersionPair } from "@/components/shared/version-pair";
import { Button } from "@/components/ui/button";
import { Card, CardContent } from "@/components/ui/card";
import { Link } from "@/components/ui/link";
import { agentVersionsQuery } from "@/lib/agents/input";
import { getAgent } from "@/lib/agents/queries";
import { type AgentVersionSummary, getAgentDiff, listAgentVersions } from "@/lib/agents/version-queries";
import { denial } from "@/lib/auth/authorize";
import { orNotFound } from "@/lib/auth/page";
import { requireTenant } from "@/lib/auth/scope";
import { MAX_PAGE_SIZE } from "@/lib/paging";
import { readQuery, type SearchParams } from "@/lib/query";
import { restoreAgentAction } from "../../actions";

export const metadata: Metadata = { title: "Versions of an agent" };

type Props = { params: Promise<{ agentId: string }>; searchParams: SearchParams };

export default async function AgentVersionsPage({ params, searchParams }: Props) {
  const scope = await requireTenant();
  const query = await readQuery(searchParams, agentVersionsQuery);
  const agent = await orNotFound(getAgent(scope, (await params).agentId));
  const { items: versions, nextCursor } = await listAgentVersions(scope, {
    agentId: agent.id,
    cursor: query.cursor,
    limit: MAX_PAGE_SIZE,
  });
  // What the newest one of the page changed, where nothing else is asked.
  const { from = versions[1]?.id, to = versions[0]?.id } = query;
  const compared = from && to ? await orNotFound(getAgentDiff(scope, { agentId: agent.id, from, to })) : null;
  const agentHref = `/app/agents/${agent.id}`;
  return (
    <>
      <PageHeader
        title="Versions"
        description="One for each time the agent was saved. Runs keep to the version they started with."
        breadcrumb={[
          { label: "Agents", href: "/app/agents" },
          { label: agent.name, href: agentHref },
          { label: "Versions" },
        ]}
        actions={
          <Button asChild variant="outline">
            <Link href={agentHref}>Open the agent</Link>
          </Button>
        }
      />
      {compared ? (
        <section className="mb-8" aria-label="Compare">
          <SectionHeader title="What changed" />
          <VersionPair options={optionsOf(versions)} from={compared.from} to={compared.to} />
          {compared.changes.length > 0 ? (
            <Card>
              <CardContent>
                <FieldChanges changes={compared.changes} />
              </CardContent>
            </Card>
          ) : (
            <p className="text-muted-foreground text-sm">Nothing changed.</p>
          )}
        </section>
      ) : null}
      <SectionHeader title="All versions" />
      <AgentVersionTable
        agent={agent}
        versions={versions}
        canRestore={denial(scope, "agent.update") === null}
        restoreAction={restoreAgentAction}
      />
      <CursorPager nextCursor={nextCursor} />
    </>
  );
}

function optionsOf(versions: readonly AgentVersionSummary[]) {
  return versions.map(({ id, version, isCurrent }) => ({
    value: id,
    label: `Version ${version}${isCurrent ? " (now)" : ""}`,
  }));
}
