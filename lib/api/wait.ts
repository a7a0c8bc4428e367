import "server-only";
import { setTimeout as sleep } from "node:timers/promises";
import type { TenantScope } from "@/db/scope";
import { type DocumentSummary, getDocument } from "@/lib/knowledge/queries";
import { untilEnded } from "@/lib/runs/until-ended";
import { whenStopping } from "@/lib/stop-signals";

const LOOK_EVERY_MS = 300;

/** Waits as long as was asked for, and no longer than the caller and this process are there. */
async function limited<T>(
  request: Request,
  waitSeconds: number,
  wait: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const forget = whenStopping(() => stop.abort());
  const time = AbortSignal.timeout(waitSeconds * 1000);
  return wait(AbortSignal.any([request.signal, stop.signal, time])).finally(forget);
}

/** Resolves when a run has ended, the time is up, the caller has left, or this process ends. @throws AppError `not_found` */
export async function waitForRun(
  scope: TenantScope,
  executionId: string,
  request: Request,
  waitSeconds: number,
): Promise<void> {
  if (waitSeconds === 0) return;
  await limited(request, waitSeconds, (signal) => untilEnded(scope, executionId, signal));
}

/** A document once it is ready, has failed or waits for money or its workspace, or as it is when the time is up. @throws AppError `not_found` */
export async function waitForDocument(
  scope: TenantScope,
  documentId: string,
  request: Request,
  waitSeconds: number,
): Promise<DocumentSummary> {
  return limited(request, waitSeconds, async (signal) => {
    for (;;) {
      const document = await getDocument(scope, documentId);
      const isAtRest = document.status !== "processing" || document.waitReason !== null;
      if (isAtRest || waitSeconds === 0 || signal.aborted) return document;
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
    }
  });
}
