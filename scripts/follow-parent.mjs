// Imported by every process of a script: when the process above is gone, this one ends as well. npm signals only its
// shell, which passes nothing on, and nobody can pass on a SIGKILL; a server left behind would hold the port and the database.
import { readFileSync } from "node:fs";

const parent = process.ppid;
// Below npm the parent is a shell, which outlives a killed npm. Elsewhere the one above may leave as it likes.
const isBelowNpm = Boolean(process.env.npm_lifecycle_event);
const grandparent = grandparentNow();

const watch = setInterval(() => {
  const above = grandparentNow();
  const isCutOff = process.ppid !== parent || (above !== null && above !== grandparent);
  if (!isCutOff) return;
  clearInterval(watch);
  console.error(`Stopping process ${process.pid}: the one that started it is gone.`);
  process.kill(process.pid, "SIGTERM");
}, 250);
watch.unref();

/** The parent of our parent as /proc tells it, or null where there is no /proc. */
function grandparentNow() {
  if (!isBelowNpm) return null;
  try {
    const stat = readFileSync(`/proc/${parent}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
  } catch {
    return null;
  }
}
