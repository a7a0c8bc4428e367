"use client";

import { type ComponentProps, useEffect, useRef, useState } from "react";

/**
 * A frame that the keyboard can reach, and so scroll, while what is in it is wider than it, and until that is known: a
 * page can be read before its scripts run.
 */
export function ScrollFrame(props: Omit<ComponentProps<"div">, "ref">) {
  const frame = useRef<HTMLDivElement>(null);
  const [isWider, setWider] = useState(true);

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWider(element.scrollWidth > element.clientWidth));
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  }, []);

  return (
    <div
      ref={frame}
      {...(isWider ? { tabIndex: 0, role: "group", "aria-label": "Table, scrolls sideways" } : {})}
      {...props}
    />
  );
}
