import type { ReactNode } from "react";
import { CodeText } from "@/components/docs/code-text";
import { MethodBadge } from "@/components/docs/method-badge";
import { type Components, Field, SchemaFields } from "@/components/docs/schema-view";
import { CodeBlock } from "@/components/shared/code-block";
import { Badge } from "@/components/ui/badge";
import { curlOf } from "@/lib/api/curl";
import type { OperationObject } from "@/lib/api/openapi";
import type { Operation } from "@/lib/api/operation";

function Part({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  return (
    <section className="mt-5">
      <h4 className="flex flex-wrap items-baseline gap-x-2 border-b pb-1.5 font-semibold text-sm">
        {title}
        {note ? <span className="font-normal text-muted-foreground text-xs">{note}</span> : null}
      </h4>
      {children}
    </section>
  );
}

function Parameters({ document, components }: { document: OperationObject; components: Components }) {
  if (document.parameters.length === 0) return null;
  return (
    <Part title="Parameters">
      <ul className="divide-y">
        {document.parameters.map((parameter) => (
          <Field
            key={`${parameter.in}-${parameter.name}`}
            name={parameter.in === "path" ? `{${parameter.name}}` : parameter.name}
            schema={parameter.schema}
            isRequired={parameter.required}
            description={parameter.description}
            components={components}
          />
        ))}
      </ul>
    </Part>
  );
}

function Answer({ document, components }: { document: OperationObject; components: Components }) {
  const successes = Object.entries(document.responses).filter(([status]) => status.startsWith("2"));
  const media = Object.entries(successes[0]?.[1].content ?? {});
  const refusals = Object.keys(document.responses).filter((status) => !status.startsWith("2"));
  return (
    <Part title="Answer" note={media[0]?.[0]}>
      <ul className="pt-2 text-sm leading-relaxed">
        {successes.map(([status, { description }]) => (
          <li key={status}>
            <code className="mr-2 font-mono text-success">{status}</code>
            {description ? <CodeText text={description} /> : null}
          </li>
        ))}
        <li className="text-muted-foreground">
          <span className="mr-2">Refusals:</span>
          <code className="font-mono text-[0.8125rem]">{refusals.join(", ")}</code>
        </li>
      </ul>
      {media.map(([type, { schema }]) => (
        <SchemaFields key={type} schema={schema} components={components} className="divide-y" />
      ))}
    </Part>
  );
}

function exampleOf(document: OperationObject): unknown {
  const success = Object.entries(document.responses).find(([status]) => status.startsWith("2"))?.[1];
  return success?.content?.["application/json"]?.example;
}

/** One operation of the API: what it takes, what it gives, and a call to copy. */
export function OperationSection({
  operation,
  document,
  components,
}: {
  operation: Operation;
  document: OperationObject;
  components: Components;
}) {
  const sample = exampleOf(document);
  const bodies = Object.entries(document.requestBody?.content ?? {});
  return (
    <article id={operation.id} className="scroll-mt-6 border-t py-10 first-of-type:border-t-0">
      <h3 className="font-semibold text-lg tracking-tight">{operation.summary}</h3>
      <p className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <MethodBadge method={operation.method} />
        <code className="wrap-anywhere font-mono text-sm">{operation.path}</code>
        <Badge className="font-mono font-normal">{operation.apiScope}</Badge>
      </p>
      <div className="mt-4 grid gap-x-8 gap-y-6 xl:grid-cols-2">
        <div>
          {operation.description ? (
            <p className="text-sm leading-relaxed">
              <CodeText text={operation.description} />
            </p>
          ) : null}
          <Parameters document={document} components={components} />
          {bodies.map(([type, { schema }]) => (
            <Part key={type} title="Body" note={type}>
              {schema.properties ? (
                <SchemaFields schema={schema} components={components} className="divide-y" marksRequired />
              ) : (
                <p className="pt-2 text-muted-foreground text-sm">The bytes of the file.</p>
              )}
            </Part>
          ))}
          <Answer document={document} components={components} />
        </div>
        <div className="flex flex-col gap-4 xl:sticky xl:top-6 xl:self-start">
          <CodeBlock title="Call" code={curlOf(operation)} wrap />
          {sample === undefined ? null : <CodeBlock title="Answer" code={JSON.stringify(sample, null, 2)} />}
        </div>
      </div>
    </article>
  );
}
