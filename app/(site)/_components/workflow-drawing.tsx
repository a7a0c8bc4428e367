import {
  BookOpen,
  Bot,
  Check,
  CornerDownRight,
  Globe,
  type LucideIcon,
  MessageSquareText,
  Split,
  UserRound,
} from "lucide-react";
import { EXAMPLE_TOTAL, nodeCost } from "@/app/(site)/_components/example-run";
import { cn } from "@/lib/cn";
import { formatMicros } from "@/lib/money";

const WIDTH = 380;
const HEIGHT = 424;
const NODE_HEIGHT = 56;

type Stage = "done" | "running" | "ahead";
type DrawnNode = {
  label: string;
  note: string;
  icon: LucideIcon;
  stage: Stage;
  x: number;
  y: number;
  width: number;
};

const NODES: readonly DrawnNode[] = [
  { label: "Question", note: "Input", icon: MessageSquareText, stage: "done", x: 110, y: 0, width: 160 },
  {
    label: "Find passages",
    note: formatMicros(nodeCost("Find passages")),
    icon: BookOpen,
    stage: "done",
    x: 0,
    y: 92,
    width: 182,
  },
  { label: "Look up order", note: "no charge", icon: Globe, stage: "done", x: 198, y: 92, width: 182 },
  {
    label: "Support agent",
    note: formatMicros(nodeCost("Support agent")),
    icon: Bot,
    stage: "running",
    x: 95,
    y: 184,
    width: 190,
  },
  { label: "Sure enough?", note: "Condition", icon: Split, stage: "ahead", x: 105, y: 276, width: 170 },
  { label: "Answer", note: "Output", icon: CornerDownRight, stage: "ahead", x: 10, y: 368, width: 160 },
  { label: "Ask a person", note: "Output", icon: UserRound, stage: "ahead", x: 210, y: 368, width: 160 },
];

const EDGES: readonly { path: string; stage: Stage }[] = [
  { path: "M190 56 C190 78 91 70 91 92", stage: "done" },
  { path: "M190 56 C190 78 289 70 289 92", stage: "done" },
  { path: "M91 148 C91 170 190 162 190 184", stage: "done" },
  { path: "M289 148 C289 170 190 162 190 184", stage: "done" },
  { path: "M190 240 L190 276", stage: "running" },
  { path: "M190 332 C190 354 90 346 90 368", stage: "ahead" },
  { path: "M190 332 C190 354 290 346 290 368", stage: "ahead" },
];

const percent = (part: number, whole: number) => `${(part / whole) * 100}%`;

/** A small workflow while it runs, with what each node cost so far: the idea of the product in one picture. */
export function WorkflowDrawing() {
  const total = formatMicros(EXAMPLE_TOTAL, { exact: true });
  return (
    <figure>
      <div className="rounded-2xl border bg-card p-5 shadow-lg sm:p-8">
        <div
          className="relative mx-auto w-full max-w-95"
          style={{ aspectRatio: `${WIDTH} / ${HEIGHT}` }}
          role="img"
          aria-label={`A workflow while it runs. A question has gone to finding passages and to looking up an order; a support agent is at work; next come a condition and one of two ends. Nodes show their price: ${total} so far.`}
        >
          <Edges />
          {NODES.map((node) => (
            <NodeBox key={node.label} node={node} />
          ))}
          <EdgeLabel text="yes" x={112} />
          <EdgeLabel text="no" x={268} />
        </div>
        <p className="mt-6 flex items-baseline justify-between border-t pt-4 text-sm">
          <span className="text-muted-foreground">This run so far</span>
          <span className="tabular font-semibold">{total}</span>
        </p>
      </div>
      <figcaption className="mt-3 text-center text-muted-foreground text-xs">
        A drawing with example prices. Yours come from the rates of your workspace.
      </figcaption>
    </figure>
  );
}

function Edges() {
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      className="absolute inset-0 size-full"
      fill="none"
      aria-hidden="true"
    >
      {EDGES.map(({ path, stage }) => (
        <path
          key={path}
          d={path}
          strokeWidth="1.6"
          strokeDasharray={stage === "done" ? undefined : "5 5"}
          className={cn(
            stage === "done" && "stroke-muted-foreground/70",
            stage === "running" && "animate-flow stroke-brand",
            stage === "ahead" && "stroke-input/60",
          )}
        />
      ))}
    </svg>
  );
}

function EdgeLabel({ text, x }: { text: string; x: number }) {
  return (
    <span
      className="absolute -translate-x-1/2 -translate-y-1/2 bg-card px-1 text-[0.6875rem] text-muted-foreground"
      style={{ left: percent(x, WIDTH), top: percent(350, HEIGHT) }}
    >
      {text}
    </span>
  );
}

function NodeBox({ node: { icon: Icon, label, note, stage, x, y, width } }: { node: DrawnNode }) {
  return (
    <div
      className={cn(
        "absolute flex items-center gap-2.5 rounded-lg border bg-background px-2.5",
        stage === "running" && "border-brand ring-3 ring-brand/15",
        stage === "ahead" && "border-dashed bg-card",
      )}
      style={{
        left: percent(x, WIDTH),
        top: percent(y, HEIGHT),
        width: percent(width, WIDTH),
        height: percent(NODE_HEIGHT, HEIGHT),
      }}
    >
      <Icon
        className={cn("size-4.5 shrink-0", stage === "running" ? "text-brand" : "text-muted-foreground")}
      />
      <span className="min-w-0 flex-1 leading-tight">
        <span
          className={cn("block truncate font-medium text-[0.8125rem]", stage === "ahead" && "font-normal")}
        >
          {label}
        </span>
        <span className="tabular block truncate text-[0.6875rem] text-muted-foreground">{note}</span>
      </span>
      {stage === "done" ? <Check className="size-3.5 shrink-0 text-success max-sm:hidden" /> : null}
    </div>
  );
}
