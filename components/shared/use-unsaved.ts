"use client";

import { type RefObject, useEffect, useMemo, useRef } from "react";
import { stayOnceSaved, watchForm } from "@/components/ui/unsaved-store";

/** What a person could have put into a form: not what it carries by itself, nor what only finds something in it. */
function contentOf(form: HTMLFormElement): string {
  return JSON.stringify([...form.elements].flatMap((element) => enteredIn(element)));
}

function enteredIn(element: Element): string[] {
  if (element.matches(":disabled, [type=hidden], [type=search]")) return [];
  if (element instanceof HTMLInputElement) {
    if (element.type === "checkbox" || element.type === "radio") return [String(element.checked)];
    return [element.value];
  }
  const isValue = element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement;
  return isValue ? [element.value] : [];
}

/**
 * Has leaving asked about while a form holds what is not saved. It is to be told what was sent, and that it was saved, and
 * tells whether what was sent was given up since: its page stays for a moment, until the next one is there.
 */
export function useUnsaved(formRef: RefObject<HTMLFormElement | null>, isOn: boolean) {
  const saved = useRef("");
  const sent = useRef("");
  const isGivenUp = useRef(false);
  useEffect(() => {
    const form = formRef.current;
    if (!form || !isOn) return;
    let isTouched = false;
    const touch = () => {
      isTouched = true;
    };
    saved.current = contentOf(form);
    form.addEventListener("input", touch);
    form.addEventListener("click", touch);
    const unwatch = watchForm(form, {
      hasChanged: () => isTouched && contentOf(form) !== saved.current,
      giveUp: () => {
        isGivenUp.current = true;
        saved.current = contentOf(form);
      },
    });
    return () => {
      unwatch();
      form.removeEventListener("input", touch);
      form.removeEventListener("click", touch);
    };
  }, [formRef, isOn]);
  return useMemo(
    () => ({
      noteSent: (form: HTMLFormElement) => {
        isGivenUp.current = false;
        sent.current = contentOf(form);
      },
      wasGivenUp: () => isGivenUp.current,
      noteSaved: () => {
        saved.current = sent.current;
        stayOnceSaved();
      },
    }),
    [],
  );
}
