import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A server action as the build lists it. `path` is a page that carries it. */
export type BuiltAction = { id: string; name: string; file: string; path: string };

type References = Record<
  string,
  { workers: Record<string, unknown>; filename: string; exportedName: string }
>;

function read<T>(name: string): T {
  const folder = process.env.E2E_BUILD ?? ".next";
  return JSON.parse(readFileSync(join(folder, "server", name), "utf8"));
}

/** `/app/(auth)/invite/[token]/page` as an address, its parameters filled in by `fill`. */
export function addressOf(key: string, fill: (parameter: string) => string): string {
  const path = key
    .replace(/\/(page|route)$/, "")
    .replace(/\/\([^)]+\)/g, "")
    .replace(/\[+(?:\.{3})?(\w+)\]+/g, (_, parameter: string) => fill(parameter));
  return path || "/";
}

/** Every page and route of the build, such as `/app/agents/[agentId]/page`. */
export function builtPaths(): string[] {
  return Object.keys(read<Record<string, string>>("app-paths-manifest.json")).sort();
}

/** Every server action of the build, also those that no page uses any more: they can be called all the same. */
export function builtActions(): BuiltAction[] {
  const { node, edge } = read<{ node: References; edge: References }>("server-reference-manifest.json");
  return Object.entries({ ...node, ...edge })
    .map(([id, { workers, filename, exportedName }]) => {
      const page = Object.keys(workers).sort()[0] ?? "app/page";
      const path = addressOf(page.replace(/^app(?=\/)/, ""), () => "00000000-0000-7000-8000-000000000000");
      return { id, name: exportedName, file: filename, path };
    })
    .sort((one, other) => one.name.localeCompare(other.name));
}
