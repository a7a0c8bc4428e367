"use client";

import { usePathname } from "next/navigation";
import { useEffect, useSyncExternalStore } from "react";
import { type Inbox, type InboxItem, readInbox } from "@/lib/notifications/inbox";

const EVERY_MS = 60_000;
const NOTHING: Inbox = { unread: 0, latest: [], approvals: 0 };

let inbox: Inbox = NOTHING;
/** How often it was asked for, and which of these is shown. */
let asked = 0;
let shown = 0;
const listeners = new Set<() => void>();

function setInbox(next: Inbox): void {
  inbox = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What waits for the person, as it was read last. */
export function useInbox(): Inbox {
  return useSyncExternalStore(
    subscribe,
    () => inbox,
    () => NOTHING,
  );
}

/** Shows something as read at once, before the server has heard of it. @returns what takes that back */
export function showAsRead(id: string | "all"): () => void {
  const before = inbox;
  // What was asked for until now does not know of it yet.
  asked += 1;
  shown = asked;
  const isMarked = (item: InboxItem) => !item.isRead && (id === "all" || item.id === id);
  setInbox({
    ...inbox,
    unread: id === "all" ? 0 : Math.max(0, inbox.unread - inbox.latest.filter(isMarked).length),
    latest: inbox.latest.map((item) => (isMarked(item) ? { ...item, isRead: true } : item)),
  });
  return () => setInbox(before);
}

/** Reads it now: for what has just changed it on a page that stays. Of answers that overtake each other the newest counts. */
export async function readInboxNow(): Promise<void> {
  asked += 1;
  const turn = asked;
  // What cannot be read now stays as it was, and is read again in a minute.
  const response = await fetch("/app/notifications/latest").catch(() => null);
  const next = response && (await readInbox(response));
  if (!next || turn < shown) return;
  shown = turn;
  setInbox(next);
}

/** Reads the inbox on every navigation, and each minute while somebody looks. */
export function useLiveInbox(): void {
  const pathname = usePathname();

  // biome-ignore lint/correctness/useExhaustiveDependencies: another page is the reason to read again
  useEffect(() => {
    void readInboxNow();
  }, [pathname]);

  useEffect(() => {
    const readIfSeen = () => {
      if (document.visibilityState === "visible") void readInboxNow();
    };
    const timer = setInterval(readIfSeen, EVERY_MS);
    document.addEventListener("visibilitychange", readIfSeen);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", readIfSeen);
    };
  }, []);
}
