import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { chromium } from "playwright";

const COMMANDS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** How to get a browser, in one sentence. */
export const CHROMIUM_MISSING =
  "No Chromium was found: install your system's `chromium` package, or run `npx playwright install chromium`, or set CHROMIUM_PATH.";

/** The browser for journeys and benches: CHROMIUM_PATH, else Playwright's cache, else the system. Null when there is none. */
export function findChromium(): string | null {
  const wanted = process.env.CHROMIUM_PATH;
  if (wanted) return existsSync(wanted) ? wanted : null;
  return [chromium.executablePath(), ...cached(), ...onPath()].find((path) => existsSync(path)) ?? null;
}

/** Any revision in Playwright's cache will do, newest first: the exact one is rarely on a machine that is offline. */
function cached(): string[] {
  const cache = process.env.PLAYWRIGHT_BROWSERS_PATH ?? join(homedir(), ".cache", "ms-playwright");
  if (!existsSync(cache)) return [];
  return readdirSync(cache)
    .filter((name) => /^chromium-\d+$/.test(name))
    .sort((a, b) => Number(b.slice(9)) - Number(a.slice(9)))
    .flatMap((name) =>
      ["chrome-linux", "chrome-linux64"].map((folder) => join(cache, name, folder, "chrome")),
    );
}

function onPath(): string[] {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/bin", "/usr/local/bin"];
  return COMMANDS.flatMap((command) => folders.map((folder) => join(folder, command)));
}
