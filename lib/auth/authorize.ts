import type { PartnerScope, PlatformScope, Scope, TenantScope } from "@/db/scope";
import { AppError } from "@/lib/errors";
import {
  PARTNER_PERMISSIONS,
  type PartnerPermission,
  type Permission,
  PLATFORM_PERMISSIONS,
  type PlatformPermission,
  SUSPENDED_PARTNER_PERMISSIONS,
  TENANT_PERMISSIONS,
  type TenantPermission,
} from "./permissions";

type TenantRule = {
  roles: readonly string[];
  apiScope?: string;
  writes?: true;
  allowedWhenSuspended?: true;
};

function denyTenant(scope: TenantScope, permission: TenantPermission): AppError | null {
  const rule: TenantRule = TENANT_PERMISSIONS[permission];
  const isHeld =
    scope.role === "api_key"
      ? rule.apiScope !== undefined && scope.apiScopes.includes(rule.apiScope)
      : rule.roles.includes(scope.role);
  if (!isHeld) {
    const message =
      scope.role === "api_key" && rule.apiScope
        ? `This API key lacks the scope ${rule.apiScope}.`
        : "Your role in this workspace does not allow this.";
    return new AppError("forbidden", message, { reason: "missing_permission" });
  }
  if (rule.writes && scope.isReadOnly) {
    return new AppError("forbidden", "You are looking into this workspace read-only.", {
      reason: "read_only",
    });
  }
  if (rule.writes && !rule.allowedWhenSuspended && scope.tenantStatus !== "active") {
    return new AppError(
      "forbidden",
      "This workspace is suspended: it can be read and exported, and nothing else.",
      {
        reason: "tenant_suspended",
      },
    );
  }
  return null;
}

/** What is wrong with `scope` doing `permission`, or null when it may. */
export function denial(scope: Scope, permission: Permission): AppError | null {
  if (scope.kind === "tenant") {
    return permission in TENANT_PERMISSIONS
      ? denyTenant(scope, permission as TenantPermission)
      : new AppError("forbidden");
  }
  if (scope.kind === "partner") return denyPartner(scope, permission);
  return isOneOf(PLATFORM_PERMISSIONS, permission) ? null : new AppError("forbidden");
}

const isOneOf = (held: readonly string[], permission: string) => held.includes(permission);

function denyPartner(scope: PartnerScope, permission: string): AppError | null {
  if (!isOneOf(PARTNER_PERMISSIONS, permission)) return new AppError("forbidden");
  if (!scope.isSuspended || isOneOf(SUSPENDED_PARTNER_PERMISSIONS, permission)) return null;
  return new AppError(
    "forbidden",
    "This partner is suspended: everything can be read and exported, not changed.",
    {
      reason: "partner_suspended",
    },
  );
}

/**
 * The first line of every verb.
 * @throws AppError `forbidden` when the scope does not hold the permission
 */
export function authorize(scope: TenantScope, permission: TenantPermission): void;
export function authorize(scope: PartnerScope, permission: PartnerPermission): void;
export function authorize(scope: PlatformScope, permission: PlatformPermission): void;
export function authorize(
  scope: PartnerScope | PlatformScope,
  permission: PartnerPermission & PlatformPermission,
): void;
export function authorize(scope: Scope, permission: Permission): void {
  const denied = denial(scope, permission);
  if (denied) throw denied;
}
