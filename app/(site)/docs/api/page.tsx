import type { Metadata } from "next";
import { Conventions } from "@/components/docs/conventions";
import { OperationSection } from "@/components/docs/operation-section";
import { QuickStart } from "@/components/docs/quick-start";
import { ReferenceNav } from "@/components/docs/reference-nav";
import { Button } from "@/components/ui/button";
import { OPERATIONS } from "@/lib/api/catalogue";
import { openApiDocument, TAG_DESCRIPTIONS } from "@/lib/api/openapi";
import { API_TAGS, type ApiTag } from "@/lib/api/operation";
import { env } from "@/lib/env";

export const metadata: Metadata = {
  title: "API reference",
  description:
    "Upload documents, run agents and workflows, and read what each step cost, from your own programs.",
};

const operationsOf = (tag: ApiTag) => OPERATIONS.filter((operation) => operation.tag === tag);

const CONTENTS = [
  { title: "Quick start", href: "#quick-start", operations: [] },
  { title: "Conventions", href: "#conventions", operations: [] },
  ...API_TAGS.map((tag) => ({
    title: tag,
    href: `#${tag.toLowerCase()}`,
    operations: operationsOf(tag),
  })),
  { title: "Templates and expressions", href: "/docs/expressions", operations: [] },
];

export default function ApiReferencePage() {
  const { appUrl } = env();
  const { paths, components } = openApiDocument(OPERATIONS, appUrl);
  return (
    <div className="mx-auto grid max-w-6xl gap-x-10 gap-y-6 px-4 pb-16 sm:px-6 lg:grid-cols-[15rem_1fr]">
      <ReferenceNav groups={CONTENTS} />
      <div className="min-w-0 pt-2 lg:pt-8">
        <h1 className="font-semibold text-3xl tracking-[-0.02em]">API reference</h1>
        <p className="mt-3 max-w-2xl text-muted-foreground leading-relaxed">
          Everything a program needs: upload documents and search them, run agents and workflows, follow them
          live, and read what each step cost, down to the invoice.
        </p>
        <div className="mt-5 flex flex-wrap gap-3">
          <Button asChild variant="outline">
            <a href="/api/v1/openapi.json">OpenAPI 3.1 document</a>
          </Button>
        </div>
        <section id="quick-start" aria-labelledby="quick-start-title" className="mt-12 scroll-mt-6">
          <h2 id="quick-start-title" className="font-semibold text-xl tracking-tight">
            Quick start
          </h2>
          <QuickStart serverUrl={appUrl} />
        </section>
        <section id="conventions" aria-labelledby="conventions-title" className="mt-14 scroll-mt-6">
          <h2 id="conventions-title" className="font-semibold text-xl tracking-tight">
            Conventions
          </h2>
          <Conventions />
        </section>
        {API_TAGS.map((tag) => (
          <section key={tag} id={tag.toLowerCase()} aria-label={tag} className="mt-14 scroll-mt-6">
            <h2 className="font-semibold text-xl tracking-tight">{tag}</h2>
            <p className="mt-1 text-muted-foreground text-sm">{TAG_DESCRIPTIONS[tag]}</p>
            {operationsOf(tag).map((operation) => {
              const document = paths[operation.path]?.[operation.method];
              return document ? (
                <OperationSection
                  key={operation.id}
                  operation={operation}
                  document={document}
                  components={components.schemas}
                />
              ) : null;
            })}
          </section>
        ))}
      </div>
    </div>
  );
}
