import { EvaluationError } from "@marcbachmann/cel-js";

/** The longest duration that can mean something is far shorter. */
const MAX_DURATION_CHARS = 100;

/** What `duration` reads, which the library's pattern takes hours for when it is long. */
export function checkBrief<Value>(value: Value): Value {
  if (typeof value === "string" && value.length > MAX_DURATION_CHARS)
    throw new EvaluationError("This is not a duration such as 1h30m.");
  return value;
}

/** What `timestamp` reads, which takes the 30th of February for the 2nd of March. */
export function checkMoment<Value>(value: Value): Value {
  const [day] = typeof value === "string" ? (/^\d{4}-\d{2}-\d{2}/.exec(value) ?? []) : [];
  const at = new Date(day ?? 0);
  const isOfCalendar = !day || (!Number.isNaN(at.getTime()) && at.toISOString().startsWith(day));
  if (!isOfCalendar) throw new EvaluationError("timestamp() requires a day of the calendar");
  return value;
}
