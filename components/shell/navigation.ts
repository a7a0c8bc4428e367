import {
  Activity,
  Banknote,
  BookOpen,
  Bot,
  Boxes,
  Building2,
  ChartColumn,
  ClipboardCheck,
  Coins,
  CreditCard,
  FileText,
  Gauge,
  Handshake,
  House,
  KeyRound,
  Landmark,
  Layers,
  Layers2,
  LayoutDashboard,
  ListChecks,
  LockKeyhole,
  type LucideIcon,
  MailX,
  NotebookPen,
  Palette,
  Percent,
  Receipt,
  Scale,
  ScrollText,
  Settings,
  ShieldQuestion,
  SlidersHorizontal,
  Tags,
  TrendingUp,
  UserCheck,
  Users,
  Workflow,
} from "lucide-react";

export type ConsoleKind = "tenant" | "partner" | "admin";

export type NavigationItem = {
  href: string;
  label: string;
  icon: LucideIcon;
  /** Other words somebody may look for in the command palette. */
  keywords?: readonly string[];
  /** Shown to people who run the workspace only. The page decides for itself who may see it. */
  adminOnly?: true;
};

export type NavigationGroup = { label: string | null; items: readonly NavigationItem[] };

const TENANT: readonly NavigationGroup[] = [
  {
    label: null,
    items: [{ href: "/app", label: "Home", icon: House, keywords: ["overview", "start"] }],
  },
  {
    label: "Build",
    items: [
      { href: "/app/agents", label: "Agents", icon: Bot, keywords: ["staff", "prompt", "model"] },
      { href: "/app/workflows", label: "Workflows", icon: Workflow, keywords: ["dag", "graph", "editor"] },
      {
        href: "/app/knowledge",
        label: "Knowledge",
        icon: BookOpen,
        keywords: ["documents", "files", "upload"],
      },
    ],
  },
  {
    label: "Operate",
    items: [
      { href: "/app/runs", label: "Runs", icon: Activity, keywords: ["executions", "trace", "history"] },
      {
        href: "/app/approvals",
        label: "Approvals",
        icon: UserCheck,
        keywords: ["answer", "inbox", "approve", "reject"],
      },
      { href: "/app/usage", label: "Usage", icon: ChartColumn, keywords: ["cost", "spend", "tokens"] },
      {
        href: "/app/billing",
        label: "Billing",
        icon: Receipt,
        keywords: ["invoices", "payment"],
        adminOnly: true,
      },
    ],
  },
  {
    label: "Workspace",
    items: [
      { href: "/app/team", label: "Team", icon: Users, keywords: ["people", "invite", "members"] },
      {
        href: "/app/api-keys",
        label: "API keys",
        icon: KeyRound,
        keywords: ["token", "machine"],
        adminOnly: true,
      },
      {
        href: "/app/credentials",
        label: "Credentials",
        icon: LockKeyhole,
        keywords: ["secret", "password", "token", "header", "http"],
        adminOnly: true,
      },
      { href: "/app/settings", label: "Settings", icon: Settings, keywords: ["name", "workspace"] },
      {
        href: "/app/audit",
        label: "Audit",
        icon: ScrollText,
        keywords: ["log", "who", "history"],
        adminOnly: true,
      },
    ],
  },
];

const PARTNER: readonly NavigationGroup[] = [
  {
    label: null,
    items: [{ href: "/partner", label: "Overview", icon: LayoutDashboard, keywords: ["home"] }],
  },
  {
    label: "Business",
    items: [
      { href: "/partner/customers", label: "Customers", icon: Building2, keywords: ["tenants", "invite"] },
      { href: "/partner/price-book", label: "Price book", icon: Tags, keywords: ["rates", "prices"] },
      {
        href: "/partner/price-book/drafts",
        label: "Price drafts",
        icon: NotebookPen,
        keywords: ["simulate", "schedule", "raise", "what if"],
      },
      { href: "/partner/margins", label: "Margins", icon: TrendingUp, keywords: ["commission", "profit"] },
      { href: "/partner/statements", label: "Statements", icon: FileText, keywords: ["month", "csv"] },
      {
        href: "/partner/payouts",
        label: "Payouts",
        icon: Banknote,
        keywords: ["bank", "commission", "stripe", "balance"],
      },
    ],
  },
  {
    label: "Partner",
    items: [
      { href: "/partner/team", label: "Team", icon: Users, keywords: ["people", "invite"] },
      { href: "/partner/branding", label: "Branding", icon: Palette, keywords: ["logo", "name", "tax id"] },
    ],
  },
];

const ADMIN: readonly NavigationGroup[] = [
  {
    label: null,
    items: [{ href: "/admin", label: "Overview", icon: LayoutDashboard, keywords: ["home"] }],
  },
  {
    label: "Who",
    items: [
      { href: "/admin/tenants", label: "Tenants", icon: Building2, keywords: ["workspaces", "view as"] },
      { href: "/admin/partners", label: "Partners", icon: Handshake, keywords: ["resellers"] },
      { href: "/admin/users", label: "Users", icon: Users, keywords: ["people", "suspend"] },
    ],
  },
  {
    label: "Platform",
    items: [
      { href: "/admin/models", label: "Models", icon: Boxes, keywords: ["providers", "llm"] },
      { href: "/admin/rates", label: "Rates", icon: Percent, keywords: ["prices", "base"] },
      {
        href: "/admin/rates/drafts",
        label: "Rate drafts",
        icon: NotebookPen,
        keywords: ["simulate", "schedule", "base prices", "what if"],
      },
      {
        href: "/admin/configuration",
        label: "Configuration",
        icon: SlidersHorizontal,
        keywords: ["keys", "secrets"],
      },
      { href: "/admin/plans", label: "Plans", icon: Layers2, keywords: ["subscriptions", "fees", "trial"] },
      { href: "/admin/limits", label: "Limits", icon: Gauge, keywords: ["plans", "concurrency", "queue"] },
      { href: "/admin/jobs", label: "Jobs", icon: ListChecks, keywords: ["queue", "engine"] },
      { href: "/admin/mail", label: "Mail", icon: MailX, keywords: ["smtp", "failed", "send again"] },
    ],
  },
  {
    label: "Money",
    items: [
      { href: "/admin/ledger", label: "Ledger", icon: Layers, keywords: ["entries"] },
      {
        href: "/admin/ledger-check",
        label: "Ledger check",
        icon: ClipboardCheck,
        keywords: ["invariants", "rules"],
      },
      {
        href: "/admin/reconciliation",
        label: "Reconciliation",
        icon: Scale,
        keywords: ["stripe", "findings", "compare"],
      },
      { href: "/admin/tax", label: "Tax", icon: Landmark, keywords: ["vat", "reverse charge", "countries"] },
      { href: "/admin/invoices", label: "Invoices", icon: Coins, keywords: ["close", "paid"] },
      { href: "/admin/payouts", label: "Payouts", icon: Banknote, keywords: ["partners", "commission"] },
      {
        href: "/admin/payments",
        label: "Payments",
        icon: CreditCard,
        keywords: ["failed", "refund", "stripe", "receivables", "overdue"],
      },
      {
        href: "/admin/disputes",
        label: "Disputes",
        icon: ShieldQuestion,
        keywords: ["chargeback", "evidence", "bank", "stripe"],
      },
    ],
  },
  {
    label: "Record",
    items: [{ href: "/admin/audit", label: "Audit", icon: ScrollText, keywords: ["log", "who"] }],
  },
];

const GROUPS: Readonly<Record<ConsoleKind, readonly NavigationGroup[]>> = {
  tenant: TENANT,
  partner: PARTNER,
  admin: ADMIN,
};

/** The sections of a console, without those that only its admins use when `isAdmin` is false. */
export function navigationOf(kind: ConsoleKind, isAdmin: boolean): readonly NavigationGroup[] {
  return GROUPS[kind]
    .map((group) => ({ ...group, items: group.items.filter((item) => isAdmin || !item.adminOnly) }))
    .filter((group) => group.items.length > 0);
}

/** The item that `pathname` belongs to: the longest path that it equals or continues. A home is no section of others. */
export function activeHref(groups: readonly NavigationGroup[], pathname: string): string | null {
  const homes = Object.values(CONSOLES).map(({ href }) => href);
  const matches = groups
    .flatMap((group) => group.items.map((item) => item.href))
    .filter((href) => pathname === href || (!homes.includes(href) && pathname.startsWith(`${href}/`)));
  return matches.sort((a, b) => b.length - a.length)[0] ?? null;
}

/** Whether the page is a bench to work on, which the menu leaves as much room as it can unless somebody widened it. */
export function isWorkbench(pathname: string): boolean {
  return /^\/app\/workflows\/[^/]+$/.test(pathname);
}

export const CONSOLES: Readonly<Record<ConsoleKind, { label: string; href: string }>> = {
  tenant: { label: "Workspace", href: "/app" },
  partner: { label: "Partner console", href: "/partner" },
  admin: { label: "Platform admin", href: "/admin" },
};
