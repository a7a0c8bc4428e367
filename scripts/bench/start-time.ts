import { type Bench, figure, inTurns, median } from "./bench";
import { seeded, startMs } from "./server";

/** From the command to the first answer of `/api/health/ready`, with the packages and the build there. */
export const startTime: Bench = {
  name: "start",
  needsBuild: true,
  run: async ({ isQuick }) => {
    const { dataDir, coldStartMs } = await seeded();
    const warm = await inTurns(
      { rounds: isQuick ? 2 : 5, warmUp: 0, maxMs: isQuick ? 15_000 : 60_000 },
      { subject: () => startMs(dataDir, "script"), floor: () => startMs(dataDir, "bare") },
    );
    const floor = { name: "next start alone, same data", value: median(warm.floor) };
    return [
      figure("cold start (built; empty data folder: migrate, seed, serve)", coldStartMs, "ms", floor),
      figure("warm start (built; data there)", median(warm.subject), "ms", floor),
    ];
  },
};
