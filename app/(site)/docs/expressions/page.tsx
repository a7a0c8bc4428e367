import type { Metadata } from "next";
import type { ReactNode } from "react";
import { CodeText } from "@/components/docs/code-text";
import { FactTable } from "@/components/docs/fact-table";
import { LIMITS, NAME_RULES, NAMES, OPERATORS } from "@/components/docs/language-facts";
import { ReferenceNav } from "@/components/docs/reference-nav";
import { WordTable } from "@/components/docs/word-table";
import { CodeBlock } from "@/components/shared/code-block";
import { EXPRESSION_WORDS } from "@/lib/workflows/expression-words";
import { EXAMPLE_VALUES } from "@/lib/workflows/language-words";
import { TEMPLATE_FILTERS } from "@/lib/workflows/template-filters";
import { TEMPLATE_TAGS } from "@/lib/workflows/template-tags";

export const metadata: Metadata = {
  title: "Templates and expressions",
  description: "How texts and conditions in workflows are written: names, functions, filters, limits.",
};

const SECTIONS = [
  { id: "languages", title: "Two languages" },
  { id: "names", title: "Names" },
  { id: "expressions", title: "Expressions" },
  { id: "templates", title: "Templates" },
  { id: "limits", title: "Limits and errors" },
] as const;

const CONTENTS = [
  ...SECTIONS.map(({ id, title }) => ({ title, href: `#${id}`, operations: [] })),
  { title: "API reference", href: "/docs/api", operations: [] },
];

const TEMPLATES_ARE =
  "Prompts, addresses, messages, and every value that is written as text. What stands between `{{ }}` is replaced by its value, and filters after a bar change it; `{% %}` decides and repeats. A name that is not there gives no text.";

const EXPRESSION_EXAMPLE = `input.text.contains("refund") && find.passages.size() > 0

find.passages.filter(p, p.score > 0.5).map(p, p.name)

has(input.color) ? input.color : "none"`;

const TEMPLATE_EXAMPLE = `Answer this question: {{ input.text | strip }}

{% for p in find.passages %}
{{ forloop.index }}. {{ p.name }}
{% endfor %}

{% if input.count > 2 %}Be brief.{% endif %}`;

function Section({ id, children }: { id: (typeof SECTIONS)[number]["id"]; children: ReactNode }) {
  return (
    <section id={id} aria-labelledby={`${id}-title`} className="mt-14 scroll-mt-6">
      <h2 id={`${id}-title`} className="font-semibold text-xl tracking-tight">
        {SECTIONS.find((section) => section.id === id)?.title}
      </h2>
      {children}
    </section>
  );
}

function Text({ children }: { children: string }) {
  return (
    <p className="mt-3 max-w-2xl text-sm leading-relaxed">
      <CodeText text={children} />
    </p>
  );
}

function Heading({ children }: { children: string }) {
  return <h3 className="mt-8 font-medium text-sm">{children}</h3>;
}

export default function ExpressionsPage() {
  return (
    <div className="mx-auto grid max-w-6xl gap-x-10 gap-y-6 px-4 pb-16 sm:px-6 lg:grid-cols-[15rem_1fr]">
      <ReferenceNav groups={CONTENTS} />
      <div className="min-w-0 pt-2 lg:pt-8">
        <h1 className="font-semibold text-3xl tracking-[-0.02em]">Templates and expressions</h1>
        <p className="mt-3 max-w-2xl text-muted-foreground leading-relaxed">
          How the texts, conditions and computed values of a workflow are written.
        </p>
        <Section id="languages">
          <Text>
            Texts such as prompts are templates in Liquid: a text with names in double braces, that people who
            write can read. Conditions and values are expressions in CEL, the Common Expression Language of
            Kubernetes and Google's APIs: they have types, so that a number stays a number and a mistake is
            found before anything runs.
          </Text>
          <Text>
            Neither is a programming language. Neither can loop without end, reach a file or the network, or
            see anything but the data it is given, so anybody in a workspace may write them.
          </Text>
        </Section>
        <Section id="names">
          <FactTable label="Names" headings={["Name", "What it is"]} facts={NAMES} />
          <ul className="mt-4 grid max-w-2xl list-disc gap-2 pl-5 text-sm leading-relaxed">
            {NAME_RULES.map((rule) => (
              <li key={rule}>
                <CodeText text={rule} />
              </li>
            ))}
          </ul>
          <Text>In the editor, names are completed as you type, or picked from the menu of each field.</Text>
        </Section>
        <Section id="expressions">
          <Text>
            The rules of Condition and Switch, the list of For each, Until of Loop, and every value that is
            written as an expression.
          </Text>
          <div className="mt-4 max-w-2xl">
            <CodeBlock title="Expressions" code={EXPRESSION_EXAMPLE} wrap />
          </div>
          <Heading>Operators and values</Heading>
          <FactTable label="Operators" headings={["Written", "What it does"]} facts={OPERATORS} />
          <Heading>Functions</Heading>
          <WordTable label="Functions" words={EXPRESSION_WORDS.filter(({ type }) => type === "function")} />
          <Heading>Methods</Heading>
          <WordTable label="Methods" words={EXPRESSION_WORDS.filter(({ type }) => type === "method")} />
          <Heading>The data of the examples</Heading>
          <div className="mt-3 max-w-2xl">
            <CodeBlock title="JSON" code={JSON.stringify(EXAMPLE_VALUES, null, 2)} wrap />
          </div>
        </Section>
        <Section id="templates">
          <Text>{TEMPLATES_ARE}</Text>
          <div className="mt-4 max-w-2xl">
            <CodeBlock title="Template" code={TEMPLATE_EXAMPLE} wrap />
          </div>
          <Heading>Tags</Heading>
          <WordTable label="Tags" words={TEMPLATE_TAGS.filter(({ name }) => !name.startsWith("end"))} />
          <Heading>Filters</Heading>
          <WordTable label="Filters" words={TEMPLATE_FILTERS} />
        </Section>
        <Section id="limits">
          <Text>
            A text that does not parse, or names what it cannot see, is marked in the editor at the place of
            the mistake, and a workflow with one is not published. What only shows when it runs, such as a
            missing field or too much work, fails the node with a message that names the node, the field and
            the reason.
          </Text>
          <FactTable label="Limits" headings={["Limit", "At most"]} facts={LIMITS} />
        </Section>
      </div>
    </div>
  );
}
