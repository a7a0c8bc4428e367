import { inspect } from "node:util";

const REDACTED = "[redacted]";

/**
 * A value that must not be seen: logging, serialising or interpolating it gives `[redacted]`. The one way to the value
 * is `reveal()`, so every use can be found by name.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}

/** What a person may see of a secret to recognise it. Short values show nothing. */
export function lastFour(secret: Secret | string): string {
  const value = typeof secret === "string" ? secret : secret.reveal();
  return value.length < 12 ? "••••" : `••••${value.slice(-4)}`;
}
