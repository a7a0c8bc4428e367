import type { FormConfig, ScheduleConfig, TriggerKind, WebhookConfig } from "./input";

type Settings = Readonly<Record<string, unknown>>;

/** Of every setting, whether the record keeps it: who may start a run and how, no text of a page, no input of a run. */
const IS_RECORDED: {
  readonly webhook: Readonly<Record<keyof WebhookConfig, boolean>>;
  readonly schedule: Readonly<Record<keyof ScheduleConfig, boolean>>;
  readonly form: Readonly<Record<keyof FormConfig, boolean>>;
} = {
  webhook: {
    requiresSignature: true,
    answer: true,
    waitSeconds: true,
    // Events of their own: `trigger.map` and `trigger.listen`.
    mapping: false,
    fields: false,
    headers: false,
    listeningUntil: false,
  },
  schedule: { cron: true, timeZone: true, missed: true, maxFailures: true, input: false },
  form: {
    title: true,
    access: true,
    submitLabel: true,
    showsResult: true,
    showsSources: true,
    description: false,
    thanks: false,
  },
};

/** The settings of a trigger that the record keeps. */
export function recordedSettings(kind: TriggerKind, settings: Settings): Settings {
  const isRecorded: Readonly<Record<string, boolean>> = IS_RECORDED[kind];
  return Object.fromEntries(Object.entries(settings).filter(([name]) => isRecorded[name]));
}

/** What differs of two states, by the names of the later one. */
export function recordedChange(before: Settings, after: Settings): { before: Settings; after: Settings } {
  const names = Object.keys(after).filter((name) => before[name] !== after[name]);
  const changed = (state: Settings) => Object.fromEntries(names.map((name) => [name, state[name]]));
  return { before: changed(before), after: changed(after) };
}
