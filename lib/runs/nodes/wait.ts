import { AppError } from "@/lib/errors";
import { MAX_WAIT_DAYS, readTime, WAIT_UNITS } from "@/lib/workflows/kinds/wait";
import type { ConfigOf } from "@/lib/workflows/nodes";
import type { NodeValues } from "./runner";
import { suspender } from "./suspender";
import { render } from "./values";

const DAY_MS = WAIT_UNITS.days * 1_000;
const spelled = (at: Date) =>
  at.toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });

/** When the node goes on. @throws AppError `invalid` for what is no date and time, or lies too far ahead */
function wakeTime(config: ConfigOf<"wait">, values: NodeValues, now: Date): Date {
  if (config.mode === "for") return new Date(now.getTime() + config.amount * WAIT_UNITS[config.unit] * 1_000);
  const text = render(values, "Date and time", config.until).trim();
  const at = readTime(text);
  if (!at) {
    const message = `“${values.nodeName}”, Date and time: “${text.slice(0, 60)}” is no date and time like 2030-01-31T09:00:00Z.`;
    throw new AppError("invalid", message, { reason: "bad_time" });
  }
  if (at.getTime() - now.getTime() > MAX_WAIT_DAYS * DAY_MS) {
    const message = `“${values.nodeName}” would wait until ${spelled(at)} UTC, which is more than ${MAX_WAIT_DAYS} days ahead.`;
    throw new AppError("limit_exceeded", message, { reason: "wait_too_long" });
  }
  return at;
}

const woken = (at: Date) => ({ output: { wokeAt: at.toISOString() } });

/** Lets time pass; goes on at once when the time is over already. */
export const waitSuspender = suspender("wait", {
  begin: async (config, values, { held }) => {
    const { now } = held.run;
    const wakeAt = wakeTime(config, values, now);
    if (wakeAt <= now) return { result: woken(now) };
    return { input: { until: wakeAt.toISOString() }, wakeAt };
  },
  due: async (_config, { held }) => woken(held.run.now),
});
