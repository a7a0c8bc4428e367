/** How to go on once the changes may be lost; a link needs the router for it. */
export type Leave = (push: (href: string) => void) => void;

const forms = new Map<HTMLFormElement, () => boolean>();
let asked: Leave | null = null;
const listeners = new Set<() => void>();

function ask(leave: Leave | null): void {
  asked = leave;
  for (const listener of listeners) listener();
}

/** Watches over what is typed into a form for as long as it is there. @returns the end of it */
export function watchForm(form: HTMLFormElement, hasChanged: () => boolean): () => void {
  forms.set(form, hasChanged);
  return () => forms.delete(form);
}

/** Whether something was changed that is not saved, anywhere or within a part of the page. */
export function hasUnsaved(within: Element | null = null): boolean {
  return [...forms].some(([form, hasChanged]) => (within?.contains(form) ?? true) && hasChanged());
}

/** Asks whether what is not saved may be lost, and goes on if so. */
export function askToLeave(leave: Leave): void {
  ask(leave);
}

export function stay(): void {
  ask(null);
}

/** Goes on without what is not saved: nothing of it is asked about again. */
export function leaveUnsaved(push: (href: string) => void): void {
  const leave = asked;
  ask(null);
  forms.clear();
  leave?.(push);
}

export function subscribeToLeaving(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function currentLeave(): Leave | null {
  return asked;
}
