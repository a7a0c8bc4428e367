import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { chromium } from "playwright";

/** The shell, which draws no window that nobody sees, does the same in three quarters of the time. */
const COMMANDS = [
  "chromium-headless-shell",
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
];

/** How to get a browser, in one sentence. */
export const CHROMIUM_MISSING =
  "No Chromium was found: install your system's `chromium` package, or run `npx playwright install chromium`, or set CHROMIUM_PATH.";

/** The browser for journeys and benches: CHROMIUM_PATH, else Playwright's cache, else the system. Null when there is none. */
export function findChromium(): string | null {
  const wanted = process.env.CHROMIUM_PATH;
  if (wanted) return existsSync(wanted) ? wanted : null;
  return [chromium.executablePath(), ...cached(), ...onPath()].find((path) => existsSync(path)) ?? null;
}

/** What Playwright installs for one revision. */
const CACHED = [
  {
    folder: /^chromium_headless_shell-(\d+)$/,
    programs: ["chrome-linux/headless_shell", "chrome-headless-shell-linux64/chrome-headless-shell"],
  },
  { folder: /^chromium-(\d+)$/, programs: ["chrome-linux/chrome", "chrome-linux64/chrome"] },
];

/** Any revision in Playwright's cache will do, newest first: the exact one is rarely on a machine that is offline. */
function cached(): string[] {
  const cache = process.env.PLAYWRIGHT_BROWSERS_PATH ?? join(homedir(), ".cache", "ms-playwright");
  if (!existsSync(cache)) return [];
  const names = readdirSync(cache);
  return CACHED.flatMap(({ folder, programs }) =>
    names
      .flatMap((name) => ({ name, revision: Number(folder.exec(name)?.[1] ?? Number.NaN) }))
      .filter(({ revision }) => !Number.isNaN(revision))
      .sort((a, b) => b.revision - a.revision)
      .flatMap(({ name }) => programs.map((program) => join(cache, name, program))),
  );
}

function onPath(): string[] {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/bin", "/usr/local/bin"];
  return COMMANDS.flatMap((command) => folders.map((folder) => join(folder, command)));
}
