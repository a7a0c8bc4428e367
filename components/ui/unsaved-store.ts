import { noteAsked } from "./on-the-way";

/** How to go on once the changes may be lost; a link needs the router for it. */
export type Leave = (push: (href: string) => void) => void;

/** What is known of a form: whether it holds what is not saved, and that this may be lost. */
type Watch = { readonly hasChanged: () => boolean; readonly giveUp: () => void };

type Asked = { readonly leave: Leave; readonly within: Element | null };

const forms = new Map<HTMLFormElement, Watch>();
let asked: Asked | null = null;
const listeners = new Set<() => void>();

function ask(next: Asked | null): void {
  asked = next;
  for (const listener of listeners) listener();
}

/** Watches over what is typed into a form for as long as it is there. @returns the end of it */
export function watchForm(form: HTMLFormElement, watch: Watch): () => void {
  forms.set(form, watch);
  return () => forms.delete(form);
}

function watchesIn(within: Element | null): Watch[] {
  return [...forms].flatMap(([form, watch]) => ((within?.contains(form) ?? true) ? watch : []));
}

/** Whether something was changed that is not saved, anywhere or within a part of the page. */
export function hasUnsaved(within: Element | null = null): boolean {
  return watchesIn(within).some(({ hasChanged }) => hasChanged());
}

/** Asks whether what is not saved, anywhere or within a part of the page, may be lost, and goes on if so. */
export function askToLeave(leave: Leave, within: Element | null = null): void {
  ask({ leave, within });
}

/** Opens another page, after asking where something is not saved. */
export function leaveFor(href: string, push: (href: string) => void): void {
  if (hasUnsaved()) askToLeave((pushUnsaved) => pushUnsaved(href));
  else {
    noteAsked();
    push(href);
  }
}

export function stay(): void {
  ask(null);
}

/** Takes the question back once nothing that it is about is unsaved: what was sent while it was asked has arrived. */
export function stayOnceSaved(): void {
  if (asked && !hasUnsaved(asked.within)) ask(null);
}

/** Goes on without what is not saved: nothing of it is asked about again, unless more is typed. */
export function leaveUnsaved(push: (href: string) => void): void {
  const question = asked;
  ask(null);
  if (!question) return;
  for (const { giveUp } of watchesIn(question.within)) giveUp();
  question.leave(push);
}

export function subscribeToLeaving(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function isAskedToLeave(): boolean {
  return asked !== null;
}
