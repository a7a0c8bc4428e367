/** Within this time a second event with the same id, or a second run with the same key, is a duplicate. */
export const DEDUPE_WINDOW = "24 hours";

/** Every table of the engine, safe to run again. Payloads are `json`, not `jsonb`: they are stored as sent and never searched. */
export const engineSchemaSql = `
CREATE SCHEMA IF NOT EXISTS engine;

CREATE TABLE IF NOT EXISTS engine.event (
  id text PRIMARY KEY,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  name text NOT NULL,
  payload json NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  due_at timestamptz NOT NULL DEFAULT now(),
  routed_at timestamptz
);
CREATE INDEX IF NOT EXISTS event_unrouted ON engine.event (due_at) WHERE routed_at IS NULL;
CREATE INDEX IF NOT EXISTS event_received ON engine.event (received_at);

CREATE TABLE IF NOT EXISTS engine.run (
  id uuid PRIMARY KEY,
  function_id text NOT NULL,
  lane text NOT NULL,
  status text NOT NULL DEFAULT 'queued'
    CHECK (status IN ('queued', 'running', 'completed', 'failed', 'cancelled')),
  event json NOT NULL,
  request_version integer NOT NULL DEFAULT -1,
  parent_run_id uuid,
  parent_step_id text,
  output json,
  error json,
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  ended_at timestamptz
);
-- The run that an operator started for the same event after this one had failed.
ALTER TABLE engine.run ADD COLUMN IF NOT EXISTS retried_as uuid;
CREATE INDEX IF NOT EXISTS run_status ON engine.run (status, created_at);
CREATE INDEX IF NOT EXISTS run_ended ON engine.run (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS run_failed ON engine.run (ended_at) WHERE status = 'failed';

-- A step without a position is planned or waiting; the position is the order of completion.
CREATE TABLE IF NOT EXISTS engine.step (
  run_id uuid NOT NULL REFERENCES engine.run ON DELETE CASCADE,
  id text NOT NULL,
  op text NOT NULL,
  name text,
  group_id uuid,
  state json,
  position bigint,
  PRIMARY KEY (run_id, id)
);
CREATE SEQUENCE IF NOT EXISTS engine.step_position;

-- A lane is a function with one value of its concurrency key; timers and deadlines share the lane ''.
CREATE TABLE IF NOT EXISTS engine.job (
  id uuid PRIMARY KEY,
  run_id uuid NOT NULL REFERENCES engine.run ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('discover', 'step', 'timer', 'deadline')),
  step_id text NOT NULL DEFAULT '',
  function_id text NOT NULL,
  lane text NOT NULL,
  attempt integer NOT NULL DEFAULT 0,
  deliveries integer NOT NULL DEFAULT 0,
  again boolean NOT NULL DEFAULT false,
  run_at timestamptz NOT NULL DEFAULT now(),
  lease_token uuid,
  lease_expires_at timestamptz,
  UNIQUE (run_id, kind, step_id)
);
CREATE INDEX IF NOT EXISTS job_lane ON engine.job (lane, run_at, id) WHERE lease_token IS NULL;
CREATE INDEX IF NOT EXISTS job_due ON engine.job (run_at) WHERE lease_token IS NULL;
CREATE INDEX IF NOT EXISTS job_leased ON engine.job (lane) WHERE lease_token IS NOT NULL;

-- A run waiting for an event; without a step it is one of its function's cancelOn.
CREATE TABLE IF NOT EXISTS engine.wait (
  id uuid PRIMARY KEY,
  run_id uuid NOT NULL REFERENCES engine.run ON DELETE CASCADE,
  step_id text,
  event_name text NOT NULL,
  expression text,
  match_path text,
  match_value text,
  expires_at timestamptz
);
CREATE INDEX IF NOT EXISTS wait_event ON engine.wait (event_name, match_path, md5(match_value));
CREATE INDEX IF NOT EXISTS wait_run ON engine.wait (run_id);

CREATE TABLE IF NOT EXISTS engine.idempotency (
  function_id text NOT NULL,
  key text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (function_id, key)
);

-- What the handler serves, for processes that have no handler to ask.
CREATE TABLE IF NOT EXISTS engine.function (
  id text PRIMARY KEY,
  spec json NOT NULL
);

-- What operators hold: a function by its id, or the lane of one value of its key, such as a tenant's.
CREATE TABLE IF NOT EXISTS engine.pause (
  kind text NOT NULL CHECK (kind IN ('function', 'key')),
  value text NOT NULL,
  paused_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (kind, value)
);

-- Who works on the database, and how each did when it last told of itself.
CREATE TABLE IF NOT EXISTS engine.process (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  seen_at timestamptz NOT NULL DEFAULT now(),
  busy float8 NOT NULL,
  blocked_ms float8,
  blocked_at timestamptz
);

CREATE TABLE IF NOT EXISTS engine.cron (
  function_id text NOT NULL,
  expression text NOT NULL,
  next_at timestamptz NOT NULL,
  PRIMARY KEY (function_id, expression)
);

-- Stores events for routing, in their order; a time in the future, in milliseconds, delays one. One whose id was stored
-- within the window is left alone.
CREATE OR REPLACE FUNCTION engine.store_events(ids text[], names text[], payloads text[], times float8[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO engine.event AS known (id, name, payload, due_at)
  SELECT sent.id, sent.name, sent.payload::json, CASE WHEN to_timestamp(sent.ts / 1000) > now() + interval '1 second'
    THEN to_timestamp(sent.ts / 1000) ELSE now() END
  FROM unnest(ids, names, payloads, times) WITH ORDINALITY AS sent (id, name, payload, ts, place)
  ORDER BY sent.place
  ON CONFLICT ON CONSTRAINT event_pkey DO UPDATE
  SET name = excluded.name, payload = excluded.payload, due_at = excluded.due_at,
    seq = DEFAULT, received_at = now(), routed_at = NULL
  WHERE known.routed_at IS NOT NULL AND known.received_at < now() - interval '${DEDUPE_WINDOW}';
END $$;
REVOKE ALL ON FUNCTION engine.store_events FROM PUBLIC;
`;

/** Lets roles send events in transactions of their own, and nothing else: they see none. */
export function engineSendersSql(roles: readonly string[]): string {
  const to = roles.join(", ");
  return `GRANT USAGE ON SCHEMA engine TO ${to}; GRANT EXECUTE ON FUNCTION engine.store_events TO ${to};`;
}
