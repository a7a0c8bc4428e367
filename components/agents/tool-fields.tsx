"use client";

import { useId, useState } from "react";
import { FormField } from "@/components/shared/form-field";
import { KeptFields } from "@/components/shared/kept-fields";
import { Checkbox } from "@/components/ui/checkbox";
import { Label } from "@/components/ui/label";
import { Textarea } from "@/components/ui/textarea";
import { TOOL_NAMES, type ToolName } from "@/lib/agents/input";
import { TOOL_LABELS } from "@/lib/agents/words";

const HINTS: Readonly<Record<ToolName, string>> = {
  knowledge_search: "Searches its documents whenever it wants to, instead of once before it answers.",
  http_get: "Reads pages and JSON from the hosts you list, and from no others.",
  calculator: "Computes exactly instead of guessing.",
  current_date: "Knows what day and time it is.",
};

/** The tools an agent may use, each explained; the one that reaches out names its hosts. */
export function ToolFields({
  tools,
  allowedHosts,
}: {
  tools: readonly ToolName[];
  allowedHosts: readonly string[];
}) {
  const id = useId();
  const [readsWeb, setReadsWeb] = useState(tools.includes("http_get"));
  return TOOL_NAMES.map((tool) => (
    <div key={tool} className="grid gap-3">
      <div className="flex items-start gap-2.5">
        <Checkbox
          id={`${id}-${tool}`}
          name="llmConfig.tools"
          value={tool}
          defaultChecked={tools.includes(tool)}
          className="mt-px"
          {...(tool === "http_get" ? { onCheckedChange: (on) => setReadsWeb(on === true) } : {})}
        />
        <Label htmlFor={`${id}-${tool}`} className="block font-normal leading-5">
          {TOOL_LABELS[tool]}
          <span className="block text-[0.8125rem] text-muted-foreground">{HINTS[tool]}</span>
        </Label>
      </div>
      {tool === "http_get" ? (
        <KeptFields isAsked={readsWeb}>
          <HostsField allowedHosts={allowedHosts} />
        </KeptFields>
      ) : null}
    </div>
  ));
}

function HostsField({ allowedHosts }: { allowedHosts: readonly string[] }) {
  return (
    <FormField
      name="llmConfig.allowedHosts"
      label="Hosts it may read"
      required
      hint="One a line, such as api.example.com or *.example.com."
      className="ml-7"
    >
      <Textarea
        defaultValue={allowedHosts.join("\n")}
        spellCheck={false}
        className="min-h-20 font-mono text-[0.8125rem]"
      />
    </FormField>
  );
}
