import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { z } from "zod";
import { ROOT } from "../child";
import { type Bench, figure } from "./bench";

const STATS = ".next/diagnostics/route-bundle-stats.json";
const statsSchema = z.array(z.object({ route: z.string(), firstLoadChunkPaths: z.array(z.string()) }));

const sizes = new Map<string, number>();

/** Bytes on the wire of one chunk, compressed as a server does. */
function gzippedBytes(path: string): number {
  const known = sizes.get(path) ?? gzipSync(readFileSync(join(ROOT, path))).byteLength;
  sizes.set(path, known);
  return known;
}

/** JavaScript a browser loads for the first page it opens, by route, as the build lists it. */
export const bundleSize: Bench = {
  name: "javascript",
  needsBuild: true,
  run: async () => {
    const routes = statsSchema
      .parse(JSON.parse(readFileSync(join(ROOT, STATS), "utf8")))
      .map(({ route, firstLoadChunkPaths }) => ({
        route,
        kB: firstLoadChunkPaths.reduce((sum, path) => sum + gzippedBytes(path), 0) / 1000,
      }));
    const framework = Math.min(...routes.map(({ kB }) => kB));
    const floor = { name: "the smallest route of the build (gzip)", value: framework };
    return routes.map(({ route, kB }) => figure(route, kB, "kB", floor));
  },
};
