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
  model_unavailable:
    "The model is not offered any more. Choose another one in the editor, or for the agent, then resume on the newest version.",
  agent_inactive: "Activate the agent, or choose another in the editor, then resume on the newest version.",
  agent_missing: "Choose another agent in the editor, then resume on the newest version.",
  workflow_inactive:
    "Activate the workflow that it calls, or choose another in the editor, then resume on the newest version.",
  workflow_missing: "Choose another workflow in the editor, then resume on the newest version.",
  not_published:
    "Publish the workflow that it calls, or choose another in the editor, then resume on the newest version.",
  bad_input:
    "What the node gives to the workflow it calls does not fit that one's input. Edit one of the two, then resume on the newest version.",
  too_deep:
    "Workflows call each other too deep. Take one of the calls out in the editor, then resume on the newest version.",
  credential_missing: "Choose another credential in the editor, or none, then resume on the newest version.",
  credential_host:
    "Let the node call an address that the credential is for, or ask an admin to add the host to it. Then resume.",
  credential_unreadable:
    "An admin of the workspace has to enter its value again under Credentials. Then resume the run.",
  bad_time: "Look at its input, edit the time in the node, then resume on the newest version.",
  wait_too_long: "Let the node wait for less in the editor, then resume on the newest version.",
  too_many_items: "Give the node a shorter list, then resume on the newest version, or replay the run.",
  timeout: "It did not answer in time. Resume the run when it is faster again.",
  network: "It could not be reached. Resume the run when it can; if that lasts, look at the address.",
  provider_error: "The model's provider failed. Resume the run when it works again.",
  provider_not_configured:
    "The platform's operator has to put in a key of this provider. Until then, choose a model of another one.",
  key_missing: "This is for the platform's operator: a key cannot be read. Tell them, then resume the run.",
  secret_unreadable:
    "This is for the platform's operator: a key cannot be read. Tell them, then resume the run.",
  bad_response: "Resume the run; if it happens again, choose another model.",
  bad_output:
    "Say in the prompt more clearly what shape you want, or choose another model, then resume on the newest version.",
  answer_cut:
    "Allow a longer answer in the node's or the agent's settings, or ask for less, then resume on the newest version.",
  context_exceeded:
    "Give the model less to read: a shorter text, or fewer passages, or choose a model with a larger context. Then resume on the newest version.",
  tool_loop: "Ask for less at once, or give the agent fewer tools, then resume on the newest version.",
  response_too_large: "Ask the other side for less, then resume on the newest version.",
  too_many_redirects: "Use the address that it leads to in the end, then resume on the newest version.",
  tenant_suspended: "Once the workspace is active again, resume the run.",
  limit_exceeded: "A limit was reached. Make what the node works on smaller, then resume.",
  output_too_large: "It gave more than a node may. Let it give less, then resume on the newest version.",
  internal: "This is a fault of ours. Resume the run; if it happens again, tell support the id of the run.",
  process_lost:
    "A machine of ours stopped each time before it was done. Resume the run; if it happens again, ask for less at once.",
};

const HTTP = /^http_(\d)\d\d$/;

/** What to do about an answer of another program, by its status. */
function adviceForStatus(code: string): string | undefined {
  if (code === "http_401" || code === "http_403")
    return "The other side did not accept the key. Put in one that it takes, then resume the run.";
  if (code === "http_404")
    return "What was asked for is not there. Look at the address, or at the model, then resume on the newest version.";
  if (code === "http_429") return ADVICE.rate_limited;
  const kind = HTTP.exec(code)?.[1];
  if (kind === "5") return ADVICE.upstream;
  return kind
    ? "The other side refused what it was asked. Look at the node's input and settings, then resume on the newest version."
    : undefined;
}

const ASK_AGAIN = "An answer in the playground is not resumed: ask again there instead.";

/** What a person can do about a step that failed, by the code of its error; `isAnswer` of an answer in the playground. */
export function adviceFor(errorCode: string | null, isAnswer = false): string {
  const code = errorCode ?? "";
  const advice =
    ADVICE[code] ??
    adviceForStatus(code) ??
    "Look at what it was given, edit the node if that is the reason, then resume or replay the run.";
  return isAnswer ? `${advice} ${ASK_AGAIN}` : advice;
}
