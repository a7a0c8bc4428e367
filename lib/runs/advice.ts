const ADVICE: Readonly<Record<string, string>> = {
  upstream:
    "The service on the other side failed. Resume the run when it works again; what is done is not billed again.",
  provider_down:
    "The model's provider is down, and was left alone for a while. Resume the run when it works again, or choose a model of another provider.",
  node_timeout:
    "It took longer than it may. Give the node more time in the editor, or ask it for less, then resume.",
  run_timeout: "The whole run took too long. Resume it: it goes on where it stopped.",
  rate_limited: "Too much was asked for at once. Wait a little, then resume.",
  rate_missing: "What it uses has no price yet. Ask the platform's operator for one, then resume.",
  invalid:
    "What the node was given, or how it is set up, does not fit. Look at its input, edit the node, then resume on the newest version.",
  template:
    "A text or rule of the node could not be worked out. Look at its input, edit the node, then resume on the newest version.",
  precondition: "Something it needs is not there. Put it in place or edit the node, then resume.",
  not_found:
    "Something it refers to is gone. Choose another in the editor, then resume on the newest version.",
  limit_exceeded: "A limit was reached. Make what the node works on smaller, then resume.",
  output_too_large: "It gave more than a node may. Let it give less, then resume on the newest version.",
  internal: "This is a fault of ours. Resume the run; if it happens again, tell support the id of the run.",
  process_lost:
    "The process that ran it was lost several times. Resume the run; if it happens again, ask for less at once.",
};

/** What a person can do about a step that failed, by the code of its error. */
export function adviceFor(errorCode: string | null): string {
  return (
    ADVICE[errorCode ?? ""] ??
    "Look at what it was given, edit the node if that is the reason, then resume or replay the run."
  );
}
