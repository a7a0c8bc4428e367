import type { ClientOptions } from "inngest";
import { elapsedTime } from "@/lib/clock";
import { log } from "@/lib/log";

type SdkLog = NonNullable<ClientOptions["internalLogger"]>;
type Line = Parameters<SdkLog["error"]>;

/** What the SDK says of a call that nobody proved to be the engine's: anybody can make as many as they like. */
const OF_STRANGER = /^(Signature validation failed|Missing body when )/;
const RARELY_MS = 60_000;

let toldAtMs = Number.NEGATIVE_INFINITY;

function isToTell(line: Line): boolean {
  if (!line.some((part) => typeof part === "string" && OF_STRANGER.test(part))) return true;
  const nowMs = elapsedTime();
  if (nowMs - toldAtMs < RARELY_MS) return false;
  toldAtMs = nowMs;
  return true;
}

/** The SDK gives what the log takes: a text, or an object and a text. */
const to =
  (level: keyof SdkLog) =>
  (...line: Line): void =>
    log[level](...(line as [unknown, string?]));

/** The SDK's own log: refused calls are told of once a minute, by which keys that do not fit are still seen. */
export const sdkLog: SdkLog = {
  debug: to("debug"),
  info: to("info"),
  warn: to("warn"),
  error: (...line) => {
    if (isToTell(line)) to("error")(...line);
  },
};
