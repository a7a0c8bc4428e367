import { expect, it } from "vitest";
import {
  askToLeave,
  hasUnsaved,
  isAskedToLeave,
  leaveUnsaved,
  stay,
  stayOnceSaved,
  watchForm,
} from "./unsaved-store";

/** A form of a page, and one of a dialog over it; each holds what is not saved. */
function twoForms() {
  const [onPage, inDialog] = [{} as HTMLFormElement, {} as HTMLFormElement];
  const dialog = { contains: (form: unknown) => form === inDialog } as Element;
  const unsaved = new Set([onPage, inDialog]);
  for (const form of [onPage, inDialog])
    watchForm(form, { hasChanged: () => unsaved.has(form), giveUp: () => unsaved.delete(form) });
  return { dialog, unsaved, onPage };
}

it("a dialog that is closed without saving leaves the page's own changes asked about", () => {
  const { dialog, unsaved, onPage } = twoForms();
  let closed = 0;
  askToLeave(() => {
    closed += 1;
  }, dialog);
  expect(isAskedToLeave()).toBe(true);
  leaveUnsaved(() => undefined);
  expect([closed, isAskedToLeave(), hasUnsaved(dialog), hasUnsaved()]).toEqual([1, false, false, true]);

  const pushed: string[] = [];
  askToLeave((push) => push("/app"));
  stay();
  leaveUnsaved((href) => pushed.push(href));
  expect([pushed, hasUnsaved()]).toEqual([[], true]);
  askToLeave((push) => push("/app"));
  leaveUnsaved((href) => pushed.push(href));
  expect([pushed, hasUnsaved()]).toEqual([["/app"], false]);
  // What is typed from then on is asked about again.
  unsaved.add(onPage);
  expect(hasUnsaved()).toBe(true);
});

it("what was sent while it was asked about is not asked about once it is saved: the dialog shows what came of it", () => {
  const { dialog, unsaved } = twoForms();
  let closed = 0;
  askToLeave(() => {
    closed += 1;
  }, dialog);
  stayOnceSaved();
  expect(isAskedToLeave()).toBe(true);
  for (const form of unsaved) if (dialog.contains(form)) unsaved.delete(form);
  stayOnceSaved();
  leaveUnsaved(() => undefined);
  expect([isAskedToLeave(), closed]).toEqual([false, 0]);
});
