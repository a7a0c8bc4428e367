import { personHeader } from "@/components/shared/page-person";

/** How sending one file ended. */
export type UploadOutcome =
  /** `keptFor`: who may read the one that is there, where that is not who was chosen. */
  | { kind: "stored" | "duplicate"; documentId: string; filename: string; keptFor: string | null }
  | { kind: "failed"; message: string };

const LOST: UploadOutcome = { kind: "failed", message: "The connection was lost. Try this file again." };

/** Sends a file to the server, telling how far it is (0 to 100). Never rejects. The window asks before it closes meanwhile. */
export async function uploadFile(
  file: File,
  agentId: string,
  onProgress: (percent: number) => void,
  signal: AbortSignal,
): Promise<UploadOutcome> {
  const warn = (event: BeforeUnloadEvent) => event.preventDefault();
  window.addEventListener("beforeunload", warn);
  const outcome = await send(file, agentId, onProgress, signal);
  window.removeEventListener("beforeunload", warn);
  return outcome;
}

function send(
  file: File,
  agentId: string,
  onProgress: (percent: number) => void,
  signal: AbortSignal,
): Promise<UploadOutcome> {
  return new Promise((resolve) => {
    // fetch() cannot tell how much of a body was sent.
    const request = new XMLHttpRequest();
    const query = new URLSearchParams({ filename: file.name, ...(agentId ? { agentId } : {}) });
    request.open("POST", `/app/knowledge/upload?${query}`);
    request.setRequestHeader("content-type", "application/octet-stream");
    for (const [name, value] of Object.entries(personHeader())) request.setRequestHeader(name, value);
    request.responseType = "json";
    request.upload.onprogress = (event) => onProgress(Math.round((100 * event.loaded) / event.total));
    request.onload = () => resolve(outcomeOf(request.response));
    request.onerror = () => resolve(LOST);
    request.onabort = () => resolve({ kind: "failed", message: "Cancelled." });
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

type Answer = {
  kind?: "stored" | "duplicate";
  document?: { id: string; filename: string };
  keptFor?: string;
  detail?: string;
  fields?: Record<string, string[]>;
} | null;

function outcomeOf(answer: Answer): UploadOutcome {
  if (answer?.kind && answer.document) {
    const { id: documentId, filename } = answer.document;
    return { kind: answer.kind, documentId, filename, keptFor: answer.keptFor ?? null };
  }
  const sentence = Object.values(answer?.fields ?? {}).flat()[0] ?? answer?.detail;
  return { kind: "failed", message: sentence ?? "The server could not take this file. Try again." };
}
