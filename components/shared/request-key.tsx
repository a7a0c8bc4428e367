"use client";

import { useState } from "react";

/** In a dialog one for each time it is opened: pressed twice it is one and the same, opened again it is another. */
export function RequestKey() {
  const [requestKey] = useState(() => crypto.randomUUID());
  return <input type="hidden" name="requestKey" value={requestKey} />;
}
