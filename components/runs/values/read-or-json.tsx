"use client";

import type { ReactNode } from "react";
import { CopyButton } from "@/components/shared/copy-button";
import { JsonTree, JsonView, jsonOf, ValueFrame } from "@/components/shared/json-view";
import { valueAsText } from "@/lib/runs/values";
import { showAsJson, useAsJson } from "./as-json";

/** A value as `children` have it to read, or as JSON: whichever was chosen last. Without children there is JSON alone. */
export function ReadOrJson({
  title,
  value,
  children,
}: {
  title: string;
  value: unknown;
  children: ReactNode;
}) {
  const isTree = typeof value === "object" && value !== null;
  const isJson = useAsJson() && isTree;
  if (!children) return <JsonView value={value} title={title} />;
  const ways = isTree ? <Ways title={title} isJson={isJson} /> : null;
  const copied = isJson ? jsonOf(value) : valueAsText(value);
  const copyLabel = isJson ? "Copy JSON" : `Copy ${title.toLowerCase()}`;
  return (
    <ValueFrame
      title={title}
      action={
        <>
          {ways}
          <CopyButton value={copied} label={copyLabel} className="size-7" />
        </>
      }
    >
      {isJson ? <JsonTree value={value} /> : children}
    </ValueFrame>
  );
}

/** To read, or as JSON. */
function Ways({ title, isJson }: { title: string; isJson: boolean }) {
  const ways = [
    { label: "Read", asJson: false },
    { label: "JSON", asJson: true },
  ];
  return (
    <fieldset aria-label={`How ${title.toLowerCase()} is shown`} className="flex">
      {ways.map(({ label, asJson }) => (
        <button
          key={label}
          type="button"
          aria-pressed={isJson === asJson}
          onClick={() => showAsJson(asJson)}
          className="h-6 rounded-sm px-2 text-muted-foreground text-xs hover:text-foreground aria-pressed:bg-card aria-pressed:font-medium aria-pressed:text-foreground aria-pressed:shadow-xs"
        >
          {label}
        </button>
      ))}
    </fieldset>
  );
}
