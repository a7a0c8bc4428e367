/**
 * How long an answer asks to be left alone, in milliseconds: by `retry-after-ms`, or by `Retry-After` in seconds or as a
 * date (RFC 9110, 10.2.3). Undefined where it asks for nothing that can be read.
 * @param mostMs the longest that is waited; ten minutes unless told
 */
export function retryAfter(
  headers: Record<string, string> | undefined,
  now: number,
  mostMs = 600_000,
): number | undefined {
  const exact = Number.parseFloat(headers?.["retry-after-ms"] ?? "");
  const text = headers?.["retry-after"]?.trim() ?? "";
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  const delayMs = Number.isFinite(exact) ? exact : seconds;
  return Number.isFinite(delayMs) ? Math.min(Math.max(0, Math.round(delayMs)), mostMs) : undefined;
}
