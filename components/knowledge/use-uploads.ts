"use client";

import { useRouter } from "next/navigation";
import { useCallback, useRef, useState } from "react";
import { type UploadOutcome, uploadFile } from "@/components/knowledge/upload-file";
import { useIsLeft } from "@/components/shared/use-is-left";
import { toast } from "@/components/ui/toast";
import { fileProblem } from "@/lib/knowledge/rules";

export type Upload = {
  id: number;
  name: string;
  sizeBytes: number;
  percent: number;
  /** Null while it waits or is on its way. */
  outcome: UploadOutcome | null;
};

const AT_ONCE = 2;

type Waiting = { id: number; file: File; agentId: string };

/** Sends files, two at a time, and keeps what became of each. They go on when their page is left. */
export function useUploads() {
  const router = useRouter();
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const nextId = useRef(1);
  const running = useRef(0);
  const waiting = useRef<Waiting[]>([]);
  const aborts = useRef(new Map<number, AbortController>());
  const isLeft = useIsLeft();

  const change = useCallback((id: number, part: Partial<Upload>) => {
    setUploads((all) => all.map((upload) => (upload.id === id ? { ...upload, ...part } : upload)));
  }, []);

  const sendNext = useCallback(async () => {
    const next = running.current < AT_ONCE ? waiting.current.shift() : undefined;
    if (!next) return;
    running.current += 1;
    const abort = new AbortController();
    aborts.current.set(next.id, abort);
    const onProgress = (percent: number) => change(next.id, { percent });
    const outcome = await uploadFile(next.file, next.agentId, onProgress, abort.signal);
    aborts.current.delete(next.id);
    running.current -= 1;
    change(next.id, { outcome, percent: 100 });
    if (outcome.kind === "failed" && isLeft())
      toast.error(`${next.file.name} was not added.`, { description: outcome.message });
    if (outcome.kind === "stored") router.refresh();
    void sendNext();
  }, [change, router, isLeft]);

  const add = useCallback(
    (files: readonly File[], agentId: string) => {
      const added = files.map((file) => ({ id: nextId.current++, file, agentId }));
      const rows = added.map(({ id, file }) => {
        const problem = fileProblem(file.name, file.size);
        const outcome: UploadOutcome | null = problem ? { kind: "failed", message: problem } : null;
        return { id, name: file.name, sizeBytes: file.size, percent: 0, outcome };
      });
      const refused = new Set(rows.flatMap((row) => (row.outcome ? [row.id] : [])));
      waiting.current.push(...added.filter(({ id }) => !refused.has(id)));
      setUploads((all) => [...all, ...rows]);
      for (let slot = 0; slot < AT_ONCE; slot += 1) void sendNext();
    },
    [sendNext],
  );

  const cancel = useCallback((id: number) => {
    waiting.current = waiting.current.filter((one) => one.id !== id);
    aborts.current.get(id)?.abort();
    setUploads((all) => all.filter((upload) => upload.id !== id));
  }, []);

  const clear = useCallback(() => setUploads((all) => all.filter((upload) => upload.outcome === null)), []);

  return { uploads, add, cancel, clear };
}
