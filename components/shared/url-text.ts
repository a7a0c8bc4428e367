"use client";

import { useEffect, useRef, useState } from "react";
import { useUrlState } from "@/components/shared/url-state";

/**
 * A text of a field that is kept in the query of the address: written there `pauseMs` milliseconds after the last
 * change, or at once by `sendNow`, without the space around it. Follows the address when something else changes it.
 */
export function useUrlText(
  param: string,
  pauseMs: number,
): { text: string; setText: (text: string) => void; sendNow: () => void; pending: boolean } {
  const { get, set, pending } = useUrlState();
  const inUrl = get(param);
  const [text, setText] = useState(inUrl);
  const sent = useRef(inUrl);

  useEffect(() => {
    if (inUrl === sent.current) return;
    sent.current = inUrl;
    setText(inUrl);
  }, [inUrl]);

  useEffect(() => {
    if (text.trim() === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = text.trim();
      set({ [param]: text.trim() });
    }, pauseMs);
    return () => clearTimeout(timer);
  }, [text, param, pauseMs, set]);

  function sendNow() {
    sent.current = text.trim();
    set({ [param]: text.trim() });
  }

  return { text, setText, sendNow, pending };
}
