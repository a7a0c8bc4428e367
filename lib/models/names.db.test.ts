import { expect, it } from "vitest";
import { database } from "@/db/pool";
import { describeResource } from "@/lib/metering/resources";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform } from "@/lib/testing/scopes";
import { modelNames, partnerModelNames } from "./names";

withTestDatabase();

it("models are called by their names for a partner and the operator, and by their keys where names do not tell them apart", async () => {
  const { pool } = await database();
  await pool.query(`insert into ai_models (id, model_key, model_name, provider, model_type, is_active) values
    (gen_random_uuid(), 'twin-a', 'Twin', 'openai', 'text', true), (gen_random_uuid(), 'twin-b', 'Twin', 'openai', 'text', false),
    (gen_random_uuid(), 'one', 'The one', 'openai', 'text', false)`);
  const { scope } = await makePartner();
  const names = await partnerModelNames(scope);
  expect(names).toMatchObject({ one: "The one", "twin-a": "Twin (twin-a)", "twin-b": "Twin (twin-b)" });
  expect(await modelNames(await makePlatform())).toEqual(names);
  expect(describeResource("text_tokens_input", "one", names)).toMatch(/, The one$/);
  expect(describeResource("text_tokens_input", "gone", names)).toMatch(/, gone$/);
});
