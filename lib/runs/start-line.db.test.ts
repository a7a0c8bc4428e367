import { beforeAll, expect, it } from "vitest";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { whileHeld } from "@/lib/testing/held";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { begin, publishChain, statusOf } from "./faults/testing/scene";
import { MOST_WRITING } from "./start-line";
import { addStubModel, llmNode, seedRunPrices } from "./testing";

withTestDatabase();

let model: string;
beforeAll(async () => {
  await seedRunPrices();
  model = await addStubModel("http://127.0.0.1:9");
});

const publish = (tenant: TestTenant) => publishChain(tenant, [llmNode("ask", model, "Hello")]);

it.runIf(testServerUrl())(
  "keeps few of a process's connections waiting to start one tenant's runs, so that the others have theirs",
  async () => {
    const [crowded, other] = [await makeTenant(), await makeTenant()];
    const [many, one] = [await publish(crowded), await publish(other)];
    const place = {
      lock: "select pg_advisory_xact_lock(hashtextextended('admission:' || $1, 0))",
      of: crowded.tenantId,
    };
    const all = () =>
      Promise.allSettled(Array.from({ length: 12 }, (_, at) => begin(crowded, many, `run ${at}`)));
    const [ends] = await whileHeld(place, [all], async () => {
      expect(await statusOf(await begin(other, one, "lone"))).toBe("pending");
    });
    // Those that were at it may have waited longer than a lock is waited for.
    const refused = (ends as Awaited<ReturnType<typeof all>>).filter(({ status }) => status === "rejected");
    expect(refused.length).toBeLessThanOrEqual(MOST_WRITING);
  },
);
