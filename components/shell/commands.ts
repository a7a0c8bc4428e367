import {
  BotMessageSquare,
  Boxes,
  Building2,
  Handshake,
  KeyRound,
  Layers2,
  LockKeyhole,
  NotebookPen,
  Upload,
  UserPlus,
  Workflow,
} from "lucide-react";
import type { ConsoleKind, NavigationItem } from "@/components/shell/navigation";
import type { Permission } from "@/lib/auth/permissions";

/** Who may do `needs` is offered it. */
export type Command = Omit<NavigationItem, "adminOnly"> & { needs: Permission };

/** What can be begun from the command palette. */
export const COMMANDS: Readonly<Record<ConsoleKind, readonly Command[]>> = {
  tenant: [
    {
      href: "/app/agents/new",
      label: "Hire an agent",
      icon: BotMessageSquare,
      keywords: ["new", "create"],
      needs: "agent.create",
    },
    {
      href: "/app/workflows?new=1",
      label: "New workflow",
      icon: Workflow,
      keywords: ["create", "build"],
      needs: "workflow.create",
    },
    {
      href: "/app/knowledge",
      label: "Upload documents",
      icon: Upload,
      keywords: ["new", "file", "pdf"],
      needs: "knowledge.upload",
    },
    {
      href: "/app/team?new=1",
      label: "Invite somebody",
      icon: UserPlus,
      keywords: ["new", "team", "people", "member"],
      needs: "team.manage",
    },
    {
      href: "/app/api-keys?new=1",
      label: "New API key",
      icon: KeyRound,
      keywords: ["create", "token"],
      needs: "api_key.manage",
    },
    {
      href: "/app/credentials?new=1",
      label: "New credential",
      icon: LockKeyhole,
      keywords: ["create", "secret", "password", "http"],
      needs: "credential.manage",
    },
  ],
  partner: [
    {
      href: "/partner/customers?new=1",
      label: "Add a customer",
      icon: Building2,
      keywords: ["new", "tenant", "workspace"],
      needs: "customer.create",
    },
    {
      href: "/partner/team?new=1",
      label: "Invite somebody",
      icon: UserPlus,
      keywords: ["new", "team", "people"],
      needs: "partner_team.manage",
    },
    {
      href: "/partner/price-book/drafts?new=1",
      label: "New price draft",
      icon: NotebookPen,
      keywords: ["create", "simulate", "raise"],
      needs: "price_draft.manage",
    },
  ],
  admin: [
    {
      href: "/admin/partners?new=1",
      label: "Add a partner",
      icon: Handshake,
      keywords: ["new", "reseller"],
      needs: "partner.create",
    },
    {
      href: "/admin/models?new=1",
      label: "Add a model",
      icon: Boxes,
      keywords: ["new", "provider", "llm"],
      needs: "model.update",
    },
    {
      href: "/admin/plans?new=1",
      label: "Add a plan",
      icon: Layers2,
      keywords: ["new", "subscription", "fee"],
      needs: "plan.update",
    },
    {
      href: "/admin/rates/drafts?new=1",
      label: "New rate draft",
      icon: NotebookPen,
      keywords: ["create", "simulate", "base prices"],
      needs: "price_draft.manage",
    },
  ],
};
