import { expect, it } from "vitest";
import { database } from "@/db/pool";
import { until } from "@/inngest/engine/testing";
import { testServerUrl } from "@/lib/testing/database";
import { withRunningEngine } from "./testing";

withRunningEngine();

it.runIf(testServerUrl())(
  "a sweep that cannot look for one thing, as in a database that is too slow, looks for the others",
  async () => {
    const { pool } = await database();
    const holder = await pool.connect();
    try {
      await holder.query("begin; lock table model_calls in access exclusive mode");
      await pool.query("update engine.cron set next_at = now() where function_id = 'hirebuddha-sweep-runs'");
      const { rows } = await pool.query("select clock_timestamp() as at");
      const ended = `select id, status, error->>'message' as message from engine.run
        where function_id = 'hirebuddha-sweep-runs' and created_at > $1::timestamptz - interval '1 second' and ended_at is not null`;
      const run = await until(
        "the sweep to end",
        async () => (await pool.query(ended, [rows[0].at])).rows[0],
      );
      const steps = await pool.query("select name from engine.step where run_id = $1", [run.id]);
      expect(steps.rows.map(({ name }) => name)).toContain("batches");
      // Whoever looks at the engine sees that something was left.
      expect(run).toMatchObject({ status: "failed", message: expect.stringContaining("busy") });
    } finally {
      await holder.query("rollback");
      holder.release();
    }
  },
);
