import { ArrowRight, Check } from "lucide-react";
import { Card, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { Link } from "@/components/ui/link";
import { cn } from "@/lib/cn";
import type { Home } from "@/lib/tenants/home-queries";

const STEPS: readonly { key: keyof Home["firstSteps"]; href: string; title: string; text: string }[] = [
  {
    key: "hasDocument",
    href: "/app/knowledge",
    title: "Upload what your staff should know",
    text: "Handbooks, price lists, contracts: answers will cite them.",
  },
  {
    key: "hasAgent",
    href: "/app/agents",
    title: "Hire an agent",
    text: "Give it a role and a model, and try it in the playground.",
  },
  {
    key: "hasWorkflow",
    href: "/app/workflows",
    title: "Chain a workflow",
    text: "Retrieve, ask, decide, call: drawn in an editor.",
  },
  {
    key: "hasRun",
    href: "/app/runs",
    title: "Run it and look at the trace",
    text: "What each step did, how long it took and what it cost.",
  },
];

/** The way from an empty workspace to a first run. Gone once all of it is done. */
export function FirstSteps({ done }: { done: Home["firstSteps"] }) {
  const doneCount = STEPS.filter((step) => done[step.key]).length;
  if (doneCount === STEPS.length) return null;
  const next = STEPS.find((step) => !done[step.key]);
  return (
    <Card>
      <CardHeader>
        <CardTitle>First steps</CardTitle>
        <CardDescription>
          {doneCount} of {STEPS.length} done
        </CardDescription>
      </CardHeader>
      <ol className="mt-3 divide-y border-t">
        {STEPS.map((step, index) => (
          <li key={step.key}>
            <Link
              href={step.href}
              className={cn(
                "flex items-center gap-3.5 px-5 py-3.5 transition-colors hover:bg-muted/60",
                index === STEPS.length - 1 && "rounded-b-xl",
              )}
            >
              <StepMark number={index + 1} isDone={done[step.key]} isNext={step === next} />
              <span className="min-w-0 flex-1">
                <span className={cn("block font-medium text-sm", done[step.key] && "text-muted-foreground")}>
                  {step.title}
                  {done[step.key] ? <span className="sr-only"> (done)</span> : null}
                </span>
                <span className="block text-muted-foreground text-sm">{step.text}</span>
              </span>
              {step === next ? (
                <ArrowRight className="size-4 shrink-0 text-brand" aria-hidden="true" />
              ) : null}
            </Link>
          </li>
        ))}
      </ol>
    </Card>
  );
}

function StepMark({ number, isDone, isNext }: { number: number; isDone: boolean; isNext: boolean }) {
  return (
    <span
      aria-hidden="true"
      className={cn(
        "tabular flex size-7 shrink-0 items-center justify-center rounded-full border font-medium text-xs",
        isDone && "border-success/30 bg-success-soft text-success",
        isNext && "border-brand/40 bg-brand-soft text-brand",
      )}
    >
      {isDone ? <Check className="size-3.5" /> : number}
    </span>
  );
}
