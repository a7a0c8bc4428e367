import "server-only";
import { and, eq } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { workflowTriggers } from "@/db/schema/triggers";
import { env } from "@/lib/env";
import { hashToken } from "@/lib/secrets/tokens";
import { addressToken } from "./input";

export type Addressed = { readonly tenantId: string; readonly triggerId: string };

/** What a secret address leads to; null when nothing does that is active, or was, where `anyState` says so. */
export async function findAddressed(
  kind: "webhook" | "form",
  token: string,
  { anyState = false } = {},
): Promise<Addressed | null> {
  if (!addressToken.safeParse(token).success) return null;
  const [row] = await asSystem("trigger-address", (tx) =>
    tx
      .select({ tenantId: workflowTriggers.tenantId, triggerId: workflowTriggers.id })
      .from(workflowTriggers)
      .where(
        and(
          eq(workflowTriggers.tokenHash, hashToken(token)),
          eq(workflowTriggers.kind, kind),
          anyState ? undefined : eq(workflowTriggers.isActive, true),
        ),
      )
      .limit(1),
  );
  return row ?? null;
}

/** The address people and programs use. */
export function addressOf(kind: "webhook" | "form", token: string): string {
  return `${env().appUrl}${kind === "webhook" ? "/api/hooks/" : "/f/"}${token}`;
}
