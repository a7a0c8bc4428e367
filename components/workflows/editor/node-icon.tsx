import {
  BookOpen,
  Bot,
  CircleHelp,
  CopyPlus,
  GitBranch,
  Globe,
  Hourglass,
  LogIn,
  LogOut,
  type LucideIcon,
  Merge,
  Repeat,
  Sparkles,
  Split,
  StickyNote,
  Tags,
  UserCheck,
  WandSparkles,
  Workflow,
} from "lucide-react";
import { findKind } from "@/lib/workflows/nodes";

const ICONS: Readonly<Record<string, LucideIcon>> = {
  "book-open": BookOpen,
  bot: Bot,
  "copy-plus": CopyPlus,
  "git-branch": GitBranch,
  globe: Globe,
  hourglass: Hourglass,
  "log-in": LogIn,
  "log-out": LogOut,
  merge: Merge,
  repeat: Repeat,
  sparkles: Sparkles,
  split: Split,
  "sticky-note": StickyNote,
  tags: Tags,
  "user-check": UserCheck,
  "wand-sparkles": WandSparkles,
  workflow: Workflow,
};

const TONES: Readonly<Record<string, string>> = {
  flow: "bg-muted text-foreground",
  ai: "bg-brand-soft text-brand",
  logic: "bg-info-soft text-info",
  data: "bg-success-soft text-success",
  people: "bg-warning-soft text-warning",
};

export function iconOf(name: string): LucideIcon {
  return ICONS[name] ?? CircleHelp;
}

/** The icon of a kind of node on its group's colour. */
export function NodeIcon({ kind, className }: { kind: string; className?: string }) {
  const found = findKind(kind);
  const Icon = iconOf(found?.icon ?? "");
  return (
    <span
      className={`flex size-8 shrink-0 items-center justify-center rounded-md ${TONES[found?.group ?? ""] ?? TONES.flow} ${className ?? ""}`}
    >
      <Icon className="size-4" aria-hidden="true" />
    </span>
  );
}
