import { ForksPoolWorker, type PoolRunnerInitializer, type PoolTask } from "vitest/node";
import { needsOwnProcess } from "./own-process.ts";

/** What a process keeps of each file adds up: after so many there is a new one. */
const MOST_FILES = 50;

/** A process that runs one file after the other, so that what they import is loaded once; or one file alone. */
class TestProcess extends ForksPoolWorker {
  override name = "test-process";
  private files = 0;
  private isForOneFile = false;

  override send(message: Parameters<ForksPoolWorker["send"]>[0]): void {
    if (message.type === "run") {
      const { files } = message.context;
      this.files += files.length;
      this.isForOneFile ||= files.some(({ filepath }) => needsOwnProcess(filepath));
    }
    super.send(message);
  }

  canReuse({ context }: PoolTask): boolean {
    const isWelcome = !context.files.some(({ filepath }) => needsOwnProcess(filepath));
    return isWelcome && !this.isForOneFile && this.files < MOST_FILES;
  }
}

/** The pool of vitest.config.ts. */
export const processPool: PoolRunnerInitializer = {
  name: "test-process",
  createPoolWorker: (options) => new TestProcess(options),
};
