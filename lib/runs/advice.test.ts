import { expect, it } from "vitest";
import { adviceFor } from "./advice";

const GENERAL = adviceFor(null);

it.each([
  ["model_unavailable", "Choose another"],
  ["agent_inactive", "Activate the agent"],
  ["agent_missing", "another agent"],
  ["workflow_inactive", "Activate the workflow"],
  ["workflow_missing", "another workflow"],
  ["not_published", "Publish the workflow"],
  ["bad_input", "does not fit"],
  ["too_deep", "too deep"],
  ["bad_time", "time in the node"],
  ["wait_too_long", "wait for less"],
  ["too_many_items", "shorter list"],
  ["timeout", "in time"],
  ["network", "address"],
  ["provider_error", "provider failed"],
  ["provider_not_configured", "operator"],
  ["key_missing", "operator"],
  ["secret_unreadable", "operator"],
  ["bad_response", "another model"],
  ["bad_output", "shape"],
  ["answer_cut", "longer answer"],
  ["context_exceeded", "less to read"],
  ["tool_loop", "fewer tools"],
  ["response_too_large", "less"],
  ["too_many_redirects", "address"],
  ["tenant_suspended", "active again"],
])("says what to do about %s", (code, words) => {
  expect(adviceFor(code)).toContain(words);
  expect(adviceFor(code)).not.toBe(GENERAL);
});

it.each([
  ["http_400", "refused"],
  ["http_401", "key"],
  ["http_403", "key"],
  ["http_404", "not there"],
  ["http_429", "Wait"],
  ["http_503", "works again"],
])("tells answers of the other side apart: %s", (code, words) => {
  expect(adviceFor(code)).toContain(words);
});
