/** Prompts of the fault tests name their step: `run/node`, where run is the text of the input. */
export const STEP_MARK = /@([\w-]+)\/(\w+)@/;

/** A prompt that names its step to the provider's journal, and says what the provider is to do. */
export function markedPrompt(nodeId: string, scenario = ""): string {
  return `@{{ input.text }}/${nodeId}@ ${scenario}`;
}
