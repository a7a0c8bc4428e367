import type { MemberRole } from "./input";

/** What each role is called and what it means, for people. */
export const MEMBER_ROLE_NAMES: Readonly<Record<MemberRole, { label: string; meaning: string }>> = {
  tenant_admin: { label: "Admin", meaning: "Everything, including team, API keys, billing and settings." },
  user: { label: "Member", meaning: "Agents, workflows, knowledge, runs and usage." },
};

const OTHER_NAMES: Readonly<Record<string, string>> = {
  partner_admin: "Partner",
  app_admin: "Platform",
};

export function roleLabel(role: string): string {
  return role === "tenant_admin" || role === "user"
    ? MEMBER_ROLE_NAMES[role].label
    : (OTHER_NAMES[role] ?? "Member");
}
