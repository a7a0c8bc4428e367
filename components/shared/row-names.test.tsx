import type { ReactNode } from "react";
import { expect, it } from "vitest";
import { InvitationList } from "@/components/accounts/invitation-list";
import { SessionList } from "@/components/accounts/session-list";
import { NotificationList } from "@/components/notifications/notification-list";
import { drawn } from "@/lib/testing/markup";

const action = async () => ({ ok: true as const, data: undefined });
const at = new Date(0);

/** What a screen reader calls the buttons of a list. */
function namesIn(list: ReactNode): string[] {
  return Array.from(
    drawn(list).matchAll(/<button([^>]*)>(.*?)<\/button>/g),
    ([, attributes = "", content = ""]) => {
      const label = /aria-label="([^"]*)"/.exec(attributes)?.[1];
      return label ?? content.replaceAll(/<[^>]*>/g, "");
    },
  );
}

it("names each button of a list by what is done, and to which of its rows", () => {
  const invitations = ["ada@example.com", "bob@example.com"].map((email) => ({
    id: email,
    email,
    role: "user",
    createdAt: at,
    expiresAt: at,
  }));
  expect(namesIn(<InvitationList invitations={invitations} resend={action} revoke={action} />)).toEqual([
    "Send again: ada@example.com",
    "Withdraw: ada@example.com",
    "Send again: bob@example.com",
    "Withdraw: bob@example.com",
  ]);

  const sessions = ["192.0.2.1", "192.0.2.2"].map((ip) => ({
    id: ip,
    ip,
    userAgent: null,
    createdAt: at,
    lastSeenAt: at,
    isCurrent: false,
  }));
  const signOuts = namesIn(<SessionList sessions={sessions} revoke={action} />);
  expect(signOuts.map((name) => name.split(", ").at(-1))).toEqual(["192.0.2.1", "192.0.2.2"]);
  expect(signOuts.every((name) => name.startsWith("Sign out "))).toBe(true);

  const items = ["One failed", "Another failed"].map((title) => ({
    id: title,
    kind: "run_failed" as const,
    title,
    body: "",
    outcome: null,
    href: "/app/runs",
    isRead: false,
    occurrences: 1,
    createdAt: at,
  }));
  expect(namesIn(<NotificationList items={items} mark={action} />)).toEqual([
    "Mark read: One failed",
    "Mark read: Another failed",
  ]);
});
