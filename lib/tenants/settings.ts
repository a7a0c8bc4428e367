import "server-only";
import { eq } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { tenants } from "@/db/schema/auth";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { currentTime } from "@/lib/clock";
import { AppError } from "@/lib/errors";
import { currentOf } from "@/lib/subscriptions/current";
import { findSubscription } from "@/lib/subscriptions/store";
import type { RenameWorkspaceInput } from "./settings-input";

export type WorkspaceSettings = {
  id: string;
  name: string;
  status: string;
  createdAt: Date;
  /** The plan that there is or is tried; null for none. */
  planName: string | null;
  /** While a plan is tried. */
  trialEndsAt: Date | null;
};

/** What the settings page shows of the workspace. */
export async function getWorkspaceSettings(scope: TenantScope): Promise<WorkspaceSettings> {
  authorize(scope, "settings.read");
  return asTenant(scope, async (tx) => {
    const [row] = await tx
      .select({
        id: tenants.id,
        name: tenants.name,
        status: tenants.status,
        createdAt: tenants.createdAt,
      })
      .from(tenants)
      .where(eq(tenants.id, scope.tenantId));
    if (!row) throw new AppError("not_found");
    const sub = await findSubscription(tx, scope.tenantId);
    const { plan, trial } = await currentOf(tx, sub, currentTime());
    return {
      ...row,
      status: row.status ?? "active",
      planName: (plan ?? trial)?.name ?? null,
      trialEndsAt: trial?.endsAt ?? null,
    };
  });
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
