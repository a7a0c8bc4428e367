import "server-only";
import { eq } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { users } from "@/db/schema/auth";
import { audit } from "@/lib/audit/record";
import { hashPassword } from "@/lib/auth/password";
import { AppError } from "@/lib/errors";
import { createUser, createWorkspace } from "./workspace";

export type FirstAdmin = { fullName: string; email: string; password: string; workspaceName: string };

/**
 * The first app admin of an installation, with the platform's own workspace. Later ones are made by this one.
 * @throws AppError `conflict`, reason `already_installed`, when there is an app admin already
 */
export async function createFirstAdmin(input: FirstAdmin): Promise<{ userId: string }> {
  const hashedPassword = await hashPassword(input.password);
  return asSystem("first-admin", async (tx) => {
    const [existing] = await tx
      .select({ id: users.id })
      .from(users)
      .where(eq(users.role, "app_admin"))
      .limit(1);
    if (existing)
      throw new AppError("conflict", "This installation has an app admin already.", {
        reason: "already_installed",
      });
    const tenantId = await createWorkspace(tx, { name: input.workspaceName });
    const { fullName, email } = input;
    const userId = await createUser(tx, {
      tenantId,
      fullName,
      email,
      hashedPassword,
      role: "app_admin",
      isVerified: true,
    });
    const by = { actor: { kind: "system", name: "first-admin" } as const };
    await audit(tx, by, {
      action: "account.create",
      targetType: "user",
      targetId: userId,
      tenantId,
      after: { email, role: "app_admin" },
    });
    return { userId };
  });
}
