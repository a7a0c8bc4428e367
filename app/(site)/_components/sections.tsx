import {
  BookOpen,
  Bot,
  Building2,
  Coins,
  Database,
  Eye,
  Gauge,
  type LucideIcon,
  Receipt,
  RefreshCw,
  ShieldCheck,
  Users,
  Workflow,
} from "lucide-react";
import type { ReactNode } from "react";
import { LedgerExample } from "@/app/(site)/_components/ledger-example";

function Section({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  return (
    <section className="border-t">
      <div className="mx-auto max-w-6xl px-4 py-16 sm:px-6 sm:py-24">
        <h2 className="max-w-2xl font-semibold text-2xl tracking-tight sm:text-3xl">{title}</h2>
        <p className="mt-3 max-w-2xl text-muted-foreground leading-relaxed">{lead}</p>
        <div className="mt-10">{children}</div>
      </div>
    </section>
  );
}

const PARTS: readonly { icon: LucideIcon; title: string; text: string }[] = [
  {
    icon: Bot,
    title: "Agents",
    text: "A role, a model, and the documents it may read. Try it in a playground that shows tokens, time and price before anybody relies on it.",
  },
  {
    icon: Workflow,
    title: "Workflows",
    text: "Chain agents, retrieval, conditions and calls to your own systems in an editor. A broken graph is refused with the node named.",
  },
  {
    icon: BookOpen,
    title: "Knowledge",
    text: "Upload the files you have. They are read, split and indexed; answers cite the document and open the passage.",
  },
  {
    icon: RefreshCw,
    title: "Durable runs",
    text: "Independent branches run at once, failures are retried by kind, and a run survives a restart of the server without doing or charging a step twice.",
  },
];

export function PartsSection() {
  return (
    <Section
      title="Staff you can brief, chain and check"
      lead="Everything an AI employee needs to be useful in a company, and everything the company needs to trust it."
    >
      <ul className="grid gap-x-8 gap-y-10 sm:grid-cols-2 lg:grid-cols-4">
        {PARTS.map(({ icon: Icon, title, text }) => (
          <li key={title}>
            <Icon className="size-5 text-brand" aria-hidden="true" />
            <h3 className="mt-3 font-semibold">{title}</h3>
            <p className="mt-1.5 text-muted-foreground text-sm leading-relaxed">{text}</p>
          </li>
        ))}
      </ul>
    </Section>
  );
}

const STEPS: readonly { icon: LucideIcon; title: string; text: string }[] = [
  {
    icon: Gauge,
    title: "Metered",
    text: "A step finishes and what it used is counted: tokens in, tokens out.",
  },
  { icon: Coins, title: "Rated", text: "Each quantity meets the price that was valid at that moment." },
  { icon: Database, title: "Recorded", text: "The rows enter a ledger that nothing can change afterwards." },
  {
    icon: Receipt,
    title: "Invoiced",
    text: "The period closes into lines; each line opens the runs behind it.",
  },
];

export function InvoiceSection() {
  return (
    <Section
      title="How a run becomes a line on an invoice"
      lead="The result of a step and its price are saved together, in one transaction: there is no bill without a run, and no run that escapes the bill."
    >
      <div className="grid gap-12 lg:grid-cols-[2fr_3fr]">
        <ol className="grid content-start gap-6">
          {STEPS.map(({ icon: Icon, title, text }) => (
            <li key={title} className="flex gap-4">
              <span className="flex size-9 shrink-0 items-center justify-center rounded-full bg-brand-soft text-brand">
                <Icon className="size-4.5" aria-hidden="true" />
              </span>
              <div>
                <h3 className="font-semibold">{title}</h3>
                <p className="mt-0.5 text-muted-foreground text-sm leading-relaxed">{text}</p>
              </div>
            </li>
          ))}
        </ol>
        <div className="min-w-0">
          <LedgerExample />
          <p className="mt-3 text-muted-foreground text-xs">
            The run drawn above, at example prices. Everybody sees their own columns and no others.
          </p>
        </div>
      </div>
    </Section>
  );
}

const CONSOLES: readonly { icon: LucideIcon; who: string; title: string; items: readonly string[] }[] = [
  {
    icon: Users,
    who: "For a company",
    title: "Workspace",
    items: [
      "Agents, workflows and knowledge",
      "Every run with its trace and price",
      "Usage by day, agent and model",
      "Invoices, team, API keys, audit",
    ],
  },
  {
    icon: Building2,
    who: "For a reseller",
    title: "Partner console",
    items: [
      "Customers: create, invite, suspend",
      "A price book over the platform's prices",
      "Margin by customer and month",
      "Statements to download",
    ],
  },
  {
    icon: ShieldCheck,
    who: "For the operator",
    title: "Platform admin",
    items: [
      "Tenants, partners and people",
      "Models, base rates, sealed keys",
      "Ledger explorer and ledger check",
      "Invoices, jobs and the audit log",
    ],
  },
];

export function ConsolesSection() {
  return (
    <Section
      title="Three consoles, one ledger"
      lead="The company that uses the staff, the partner that sells it, and the operator that runs the platform each have their own room. The figures in all three are the same rows."
    >
      <ul className="grid gap-4 lg:grid-cols-3">
        {CONSOLES.map(({ icon: Icon, who, title, items }) => (
          <li key={title} className="rounded-xl border bg-card p-6 shadow-xs">
            <div className="flex items-center gap-3">
              <Icon className="size-5 text-brand" aria-hidden="true" />
              <div>
                <p className="text-muted-foreground text-xs">{who}</p>
                <h3 className="font-semibold leading-5">{title}</h3>
              </div>
            </div>
            <ul className="mt-4 divide-y text-sm">
              {items.map((item) => (
                <li key={item} className="py-2">
                  {item}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </Section>
  );
}

const PROMISES: readonly { icon: LucideIcon; title: string; text: string }[] = [
  {
    icon: ShieldCheck,
    title: "Walls in the database",
    text: "Workspaces are kept apart by row security in PostgreSQL itself, not only by the code in front of it.",
  },
  {
    icon: Eye,
    title: "Nobody looks unseen",
    text: "When somebody from the platform looks into a workspace, it needs a reason, ends by itself within the hour, and stands in the audit log.",
  },
  {
    icon: Database,
    title: "Starts with nothing",
    text: "One command on one machine, no services to set up. Database, engine and files move to PostgreSQL, Inngest and S3 by one setting each.",
  },
];

export function PromisesSection() {
  return (
    <Section title="Built to be checked" lead="What a careful buyer asks first, answered in how it is made.">
      <ul className="grid gap-8 sm:grid-cols-3">
        {PROMISES.map(({ icon: Icon, title, text }) => (
          <li key={title}>
            <Icon className="size-5 text-brand" aria-hidden="true" />
            <h3 className="mt-3 font-semibold">{title}</h3>
            <p className="mt-1.5 text-muted-foreground text-sm leading-relaxed">{text}</p>
          </li>
        ))}
      </ul>
    </Section>
  );
}
