import "server-only";
import { setTimeout as sleep } from "node:timers/promises";
import type { TenantScope } from "@/db/scope";
import { type DocumentSummary, getDocument } from "@/lib/knowledge/queries";
import { runEvents } from "@/lib/runs/events";

const LOOK_EVERY_MS = 300;

function limited(request: Request, waitSeconds: number): AbortSignal {
  return AbortSignal.any([request.signal, AbortSignal.timeout(waitSeconds * 1000)]);
}

/** Resolves when a run has ended, the time is up, or the caller has left. @throws AppError `not_found` */
export async function waitForRun(
  scope: TenantScope,
  executionId: string,
  request: Request,
  waitSeconds: number,
): Promise<void> {
  if (waitSeconds === 0) return;
  const signal = limited(request, waitSeconds);
  // Only the end is waited for: no step is read.
  const after = Number.MAX_SAFE_INTEGER;
  for await (const _ of runEvents(scope, executionId, { after, signal })) if (signal.aborted) return;
}

/** A document once it is ready, has failed or waits for money, or as it is when the time is up. @throws AppError `not_found` */
export async function waitForDocument(
  scope: TenantScope,
  documentId: string,
  request: Request,
  waitSeconds: number,
): Promise<DocumentSummary> {
  const signal = limited(request, waitSeconds);
  for (;;) {
    const document = await getDocument(scope, documentId);
    const isAtRest = document.status !== "processing" || document.waitReason !== null;
    if (isAtRest || waitSeconds === 0 || signal.aborted) return document;
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}
