"use client";

import { useRouter } from "next/navigation";
import { useEffect, useSyncExternalStore } from "react";
import { type Confirmation, ConfirmDialog } from "@/components/shared/confirm-dialog";
import { NEW } from "@/components/shared/query-string";
import { noteAsked } from "@/components/ui/on-the-way";
import {
  askToLeave,
  hasUnsaved,
  isAskedToLeave,
  leaveUnsaved,
  stay,
  subscribeToLeaving,
} from "@/components/ui/unsaved-store";

const QUESTION: Confirmation = {
  title: "Discard your changes?",
  description: "What you changed here is not saved yet.",
  confirmLabel: "Discard changes",
  destructive: true,
};

/** Asks before changes are lost to a link, to the back button or to a dialog that closes. Mounted once. */
export function UnsavedQuestion() {
  const router = useRouter();
  const isAsked = useSyncExternalStore(subscribeToLeaving, isAskedToLeave, () => false);
  useAskedTravel();
  function push(href: string) {
    noteAsked();
    router.push(href);
  }
  return (
    <ConfirmDialog
      open={isAsked}
      onOpenChange={(open) => {
        if (!open) stay();
      }}
      confirmation={QUESTION}
      pending={false}
      onConfirm={() => leaveUnsaved(push)}
    />
  );
}

/** The back and forward buttons ask too, and closing the window does in the browser's own words. */
function useAskedTravel(): void {
  useEffect(() => {
    function warn(event: BeforeUnloadEvent) {
      if (hasUnsaved()) event.preventDefault();
    }
    window.addEventListener("beforeunload", warn);
    const stopWatching = "navigation" in window ? watchTravels() : watchPops();
    return () => {
      window.removeEventListener("beforeunload", warn);
      stopWatching();
    };
  }, []);
}

type Address = { readonly pathname: string; readonly search: string };

/** Whether two addresses differ by filters alone: the page stays, and with it what was typed into it. */
function showsSame(one: Address, other: Address): boolean {
  const isNew = ({ search }: Address) => new URLSearchParams(search).has(NEW);
  return one.pathname === other.pathname && isNew(one) === isNew(other);
}

function watchTravels(): () => void {
  function travel(event: NavigateEvent) {
    const isBackOrForward = event.navigationType === "traverse" && event.cancelable;
    const isHere = showsSame(new URL(event.destination.url), location);
    if (!isBackOrForward || isHere || !hasUnsaved()) return;
    event.preventDefault();
    const { key } = event.destination;
    askToLeave(() => void navigation.traverseTo(key));
  }
  navigation.addEventListener("navigate", travel);
  return () => navigation.removeEventListener("navigate", travel);
}

/**
 * Where a browser tells of its back button only once it has gone back: the address is put where it was, before the router
 * hears of it, so that going on is one step back from there.
 */
function watchPops(): () => void {
  let here = { state: history.state, url: location.href };
  // What is unsaved was typed or chosen on its page, by then at its final address.
  function note() {
    here = { state: history.state, url: location.href };
  }
  function pop(event: PopStateEvent) {
    const isHere = showsSame(new URL(here.url), location);
    if (isHere || !hasUnsaved()) return;
    event.stopImmediatePropagation();
    history.pushState(here.state, "", here.url);
    askToLeave(() => history.back());
  }
  const noted = ["input", "click", "keydown"] as const;
  for (const name of noted) window.addEventListener(name, note, true);
  window.addEventListener("popstate", pop, true);
  return () => {
    for (const name of noted) window.removeEventListener(name, note, true);
    window.removeEventListener("popstate", pop, true);
  };
}
