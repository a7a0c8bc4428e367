export type ToastTone = "success" | "error" | "info" | "warning";

export type ToastItem = {
  id: number;
  tone: ToastTone;
  message: string;
  description?: string;
  action?: { label: string; onClick: () => void };
};

export type ToastOptions = Pick<ToastItem, "description" | "action">;

/** More than these would cover the page; the oldest go first. */
const MOST_SHOWN = 4;

let items: readonly ToastItem[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function replace(next: readonly ToastItem[]): void {
  items = next;
  for (const listener of listeners) listener();
}

function show(tone: ToastTone, message: string, options: ToastOptions = {}): void {
  lastId += 1;
  replace([...items, { id: lastId, tone, message, ...options }].slice(-MOST_SHOWN));
}

/** Says something for a few seconds in the corner of the window. Errors, and what offers something, stay until closed. */
export const toast = {
  success: (message: string, options?: ToastOptions) => show("success", message, options),
  error: (message: string, options?: ToastOptions) => show("error", message, options),
  info: (message: string, options?: ToastOptions) => show("info", message, options),
  warning: (message: string, options?: ToastOptions) => show("warning", message, options),
};

export function dismissToast(id: number): void {
  replace(items.filter((item) => item.id !== id));
}

export function subscribeToToasts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function currentToasts(): readonly ToastItem[] {
  return items;
}
