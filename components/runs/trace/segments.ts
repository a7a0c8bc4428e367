import type { LivePart, LiveStep } from "./model";

/** A stretch of a bar. `wait` is time in which nothing was done; `inside` is done by parts of the run. */
export type Segment = {
  readonly kind: "wait" | "inside" | "failed" | "lost" | "cancelled" | "completed" | "running" | "retrying";
  readonly fromMs: number;
  readonly toMs: number;
};

const WAITING_KINDS: ReadonlySet<string> = new Set(["wait", "approval"]);
const PLAIN = {
  failed: "failed",
  cancelled: "cancelled",
  completed: "completed",
  running: "running",
} as const;

function kindOf(status: string): Segment["kind"] {
  return status in PLAIN ? PLAIN[status as keyof typeof PLAIN] : "wait";
}

/** A step that waits for another attempt shows it, and one of a node that was not asked for is no skipped one. */
export function shownStatus(step: LiveStep): string {
  if (step.isLeftOut) return "not_asked";
  return step.status === "running" && step.errorMessage ? "retrying" : step.status;
}

/** What a step spent its time on: attempts that did not end it, the waits between them, and the last attempt. */
export function stepSegments(step: LiveStep, nowMs: number): Segment[] {
  if (!step.startedAt) return [];
  const toMs = step.completedAt ? Date.parse(step.completedAt) : nowMs;
  const segments: Segment[] = [];
  let fromMs = Date.parse(step.startedAt);
  for (const attempt of step.attempts) {
    const startedMs = attempt.startedAt ? Math.max(fromMs, Date.parse(attempt.startedAt)) : fromMs;
    const endedMs = Date.parse(attempt.endedAt);
    const resumedMs = Math.min(toMs, endedMs + (attempt.waitMs ?? 0));
    segments.push({ kind: "wait", fromMs, toMs: startedMs });
    segments.push({ kind: attempt.outcome === "lost" ? "lost" : "failed", fromMs: startedMs, toMs: endedMs });
    segments.push({ kind: "wait", fromMs: endedMs, toMs: resumedMs });
    fromMs = resumedMs;
  }
  segments.push({ kind: lastKind(step), fromMs, toMs });
  return segments.filter((segment) => segment.toMs > segment.fromMs || segment === segments.at(-1));
}

function lastKind(step: LiveStep): Segment["kind"] {
  if (WAITING_KINDS.has(step.kind) && step.status !== "failed") return "wait";
  if (step.parts !== null && step.status !== "failed") return "inside";
  const status = shownStatus(step);
  return status === "retrying" ? "wait" : kindOf(status);
}

/** A part of a run: the time it stood in line, then the time it took. */
export function partSegments(part: LivePart, nowMs: number): Segment[] {
  const createdMs = Date.parse(part.createdAt);
  const startedMs = part.startedAt ? Date.parse(part.startedAt) : nowMs;
  const line: Segment = { kind: "wait", fromMs: createdMs, toMs: Math.max(createdMs, startedMs) };
  if (!part.startedAt) return [line];
  const toMs = Math.max(startedMs, part.completedAt ? Date.parse(part.completedAt) : nowMs);
  const work: Segment = { kind: kindOf(part.status), fromMs: startedMs, toMs };
  return line.toMs > line.fromMs ? [line, work] : [work];
}

export type Span = { readonly fromMs: number; readonly toMs: number };

/** What of a run's time is looked at: all of it, or a stretch `zoom` times shorter that begins at the share `at`. */
export function viewOf(span: Span, zoom: number, at: number): Span {
  const whole = Math.max(1, span.toMs - span.fromMs);
  const length = whole / zoom;
  const fromMs = span.fromMs + Math.min(Math.max(0, at), 1 - 1 / zoom) * whole;
  return { fromMs, toMs: fromMs + length };
}

export type Bar = { readonly left: number; readonly width: number };

/** Where a segment lies in the view, as shares of it; null when it is outside. */
export function barOf({ fromMs, toMs }: Span, view: Span): Bar | null {
  const length = view.toMs - view.fromMs;
  const left = Math.max(0, (fromMs - view.fromMs) / length);
  const right = Math.min(1, (toMs - view.fromMs) / length);
  return right < left || left > 1 ? null : { left, width: right - left };
}

const NICE_MS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000,
  600_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 43_200_000, 86_400_000, 172_800_000, 604_800_000,
];

const MOST_MARKS = 4;

export type Mark = { readonly left: number; readonly label: string };

/**
 * The marks of the axis and where they are, as shares of it: as many as have room beside each other.
 * @param room how many characters the axis has room for
 */
export function marksOf(
  span: Span,
  view: Span,
  { labelOf, room }: { labelOf: (ms: number) => string; room: number },
): Mark[] {
  const length = view.toMs - view.fromMs;
  for (let most = MOST_MARKS; ; most -= 1) {
    const marks = ticksOf(span, view, most).map((tick) => ({
      left: (span.fromMs + tick - view.fromMs) / length,
      label: labelOf(tick),
    }));
    const widest = Math.max(0, ...marks.map(({ label }) => label.length));
    const [first, second] = marks;
    const isWide = !first || !second || (second.left - first.left) * room > widest;
    // What would reach over the end is a line without its words.
    if (isWide || most === 1)
      return marks.map((mark) =>
        mark.left * room + mark.label.length > room ? { ...mark, label: "" } : mark,
      );
  }
}

/** Moments to mark on the axis, in milliseconds since the start of the run: round ones, at most `most`. */
export function ticksOf(span: Span, view: Span, most: number): number[] {
  const length = view.toMs - view.fromMs;
  const every = NICE_MS.find((step) => length / step <= most) ?? 2_592_000_000;
  const first = Math.ceil((view.fromMs - span.fromMs) / every) * every;
  const ticks: number[] = [];
  for (let tick = first; tick <= view.toMs - span.fromMs && ticks.length <= most; tick += every)
    ticks.push(tick);
  return ticks;
}
