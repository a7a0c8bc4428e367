/** What the history held when another page was asked for. */
let askedOn: unknown = null;

/** Notes that a person asked for another page. */
export function noteAsked(): void {
  askedOn = history.state;
}

/** Whether another page was asked for that is not shown yet: with each that is, the router writes a state of its own. */
export function isOnTheWay(): boolean {
  return askedOn !== null && history.state === askedOn;
}
