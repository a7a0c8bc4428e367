import { type Bench, figure, percentile } from "./bench";
import { startServer, withDataDir } from "./server";

const WARM_STARTS = 5;

async function readyMs(dataDir: string, how: "script" | "bare"): Promise<number> {
  const server = await startServer(dataDir, how);
  await server.stop();
  return server.readyMs;
}

async function median(dataDir: string, how: "script" | "bare"): Promise<number> {
  const samples: number[] = [];
  for (let n = 0; n < WARM_STARTS; n += 1) samples.push(await readyMs(dataDir, how));
  return percentile(samples, 0.5);
}

/** From the command to the first answer of `/api/health/ready`, with the packages and the build there. */
export const startTime: Bench = {
  name: "start",
  run: () =>
    withDataDir(async (dataDir) => {
      const cold = await readyMs(dataDir, "script");
      const warm = await median(dataDir, "script");
      const floor = { name: "next start alone, same data", value: await median(dataDir, "bare") };
      return {
        figures: [
          figure("cold start (empty data folder: migrate, seed, serve)", cold, "ms", floor),
          figure("warm start", warm, "ms", floor),
        ],
      };
    }),
};
