import "server-only";
import { eq } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { tenants } from "@/db/schema/auth";
import { subscriptions } from "@/db/schema/plans";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import type { RenameWorkspaceInput } from "./settings-input";

export type WorkspaceSettings = {
  id: string;
  name: string;
  status: string;
  createdAt: Date;
  planName: string | null;
  trialEndsAt: Date | null;
};

/** What the settings page shows of the workspace. */
export async function getWorkspaceSettings(scope: TenantScope): Promise<WorkspaceSettings> {
  authorize(scope, "settings.read");
  const [row] = await asTenant(scope, (tx) =>
    tx
      .select({
        id: tenants.id,
        name: tenants.name,
        status: tenants.status,
        createdAt: tenants.createdAt,
        planName: subscriptions.planName,
        trialEndsAt: subscriptions.trialEndsAt,
      })
      .from(tenants)
      .leftJoin(subscriptions, eq(subscriptions.tenantId, tenants.id))
      .where(eq(tenants.id, scope.tenantId))
      .limit(1),
  );
  if (!row) throw new AppError("not_found");
  return { ...row, status: row.status ?? "active" };
}

/** Gives the workspace another name. */
export async function renameWorkspace(scope: TenantScope, input: RenameWorkspaceInput): Promise<void> {
  authorize(scope, "settings.update");
  await asTenant(scope, async (tx) => {
    const [before] = await tx
      .select({ name: tenants.name })
      .from(tenants)
      .where(eq(tenants.id, scope.tenantId))
      .for("update");
    if (!before) throw new AppError("not_found");
    await tx.update(tenants).set({ name: input.name }).where(eq(tenants.id, scope.tenantId));
    await audit(tx, scope, {
      action: "workspace.rename",
      targetType: "tenant",
      targetId: scope.tenantId,
      before,
      after: { name: input.name },
    });
  });
}
