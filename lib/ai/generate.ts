import { type FlexibleSchema, type ModelMessage, NoObjectGeneratedError, Output } from "ai";
import { type Account, askText, onAccount } from "./answer";
import { type GenerateOptions, type GenerateResult, messagesOf } from "./call";
import { isCutShort } from "./errors";

/** How often a model may correct an answer that does not fit the schema. */
export const MAX_REPAIRS = 2;

/**
 * Asks a model and waits for the whole answer. With `tools`, runs them and asks again until there is an answer; with
 * `schema`, gives `object` after at most two corrections. Never retries a failed request: that is the engine's. The
 * answer is read as it comes, so that one that is cut or cancelled tells what it had cost by then.
 *
 * @throws ModelCallError as `onAccount` does
 */
export async function generate<T = never>(options: GenerateOptions<T>): Promise<GenerateResult<T>> {
  const { schema } = options;
  if (!schema) return (await askText(options)) as GenerateResult<T>;
  return onAccount(options, async (account) => {
    const object = await askForObject(account, messagesOf(options), schema);
    return { ...account.result(), object };
  });
}

async function askForObject<T>(
  account: Account,
  asked: readonly ModelMessage[],
  schema: FlexibleSchema<T>,
): Promise<T> {
  const messages = [...asked];
  for (let repairs = 0; ; repairs += 1) {
    try {
      return (await account.ask<T>([...messages], { output: Output.object({ schema }) })) as T;
    } catch (error) {
      if (!NoObjectGeneratedError.isInstance(error) || repairs >= MAX_REPAIRS || isCutShort(error))
        throw error;
      const problem =
        error.cause instanceof Error ? error.cause.message.slice(0, 2_000) : "It was no valid JSON.";
      messages.push({ role: "assistant", content: error.text || "(no answer)" });
      messages.push({
        role: "user",
        content: `That does not fit the schema: ${problem}\nAnswer again with JSON only.`,
      });
    }
  }
}
