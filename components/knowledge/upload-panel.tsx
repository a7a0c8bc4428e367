"use client";

import { FileUp } from "lucide-react";
import { type DragEvent, useId, useRef, useState } from "react";
import { UploadList } from "@/components/knowledge/upload-list";
import { useUploads } from "@/components/knowledge/use-uploads";
import { Button } from "@/components/ui/button";
import { NativeSelect } from "@/components/ui/native-select";
import { cn } from "@/lib/cn";
import { ACCEPTED_FILES } from "@/lib/knowledge/input";

/** Where files are dropped or chosen, and how each of them is doing. */
export function UploadPanel({ agents }: { agents: readonly { id: string; name: string }[] }) {
  const { uploads, add, cancel, clear } = useUploads();
  const [agentId, setAgentId] = useState("");
  const [isOver, setIsOver] = useState(false);
  const pickerRef = useRef<HTMLInputElement>(null);
  const hintId = useId();

  function take(files: FileList | null) {
    if (files && files.length > 0) add([...files], agentId);
  }

  function drop(event: DragEvent) {
    event.preventDefault();
    setIsOver(false);
    take(event.dataTransfer.files);
  }

  return (
    <section aria-label="Add documents" className="mb-6 grid gap-3">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is an extra; the button inside does the same for everybody */}
      <div
        data-testid="drop-zone"
        onDragOver={(event) => {
          event.preventDefault();
          setIsOver(true);
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={drop}
        className={cn(
          "flex flex-wrap items-center gap-x-4 gap-y-3 rounded-xl border border-input/60 border-dashed bg-card/60 px-5 py-4 transition-colors",
          isOver && "border-brand border-solid bg-brand-soft",
        )}
      >
        <span className="flex size-10 shrink-0 items-center justify-center rounded-full bg-brand-soft text-brand">
          <FileUp className="size-5" aria-hidden="true" />
        </span>
        <div className="min-w-0 flex-1 basis-56">
          <p className="font-medium text-sm">{isOver ? "Let go to add them" : "Drop files here"}</p>
          <p id={hintId} className="text-[0.8125rem] text-muted-foreground leading-5">
            PDF, Word, PowerPoint, Excel, CSV, Markdown, HTML or text, up to 50 MB each, several at once.
          </p>
        </div>
        <div className="flex w-full flex-wrap items-center gap-2 sm:w-auto">
          <AgentChoice agents={agents} value={agentId} onChange={setAgentId} />
          <Button
            variant="brand"
            className="w-full sm:w-auto"
            onClick={() => pickerRef.current?.click()}
            aria-describedby={hintId}
          >
            Choose files
          </Button>
        </div>
        <input
          ref={pickerRef}
          type="file"
          multiple
          accept={ACCEPTED_FILES}
          aria-label="Files to add"
          tabIndex={-1}
          className="sr-only"
          onChange={(event) => {
            take(event.target.files);
            event.target.value = "";
          }}
        />
      </div>
      <UploadList uploads={uploads} onCancel={cancel} onClear={clear} />
    </section>
  );
}

function AgentChoice({
  agents,
  value,
  onChange,
}: {
  agents: readonly { id: string; name: string }[];
  value: string;
  onChange: (agentId: string) => void;
}) {
  if (agents.length === 0) return null;
  return (
    <div className="w-full sm:w-52">
      <NativeSelect
        aria-label="Who may use the files"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        <option value="">For every agent</option>
        {agents.map((agent) => (
          <option key={agent.id} value={agent.id}>
            Only for {agent.name}
          </option>
        ))}
      </NativeSelect>
    </div>
  );
}
