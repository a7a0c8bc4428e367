import type { ReactNode } from "react";

/** Fields that are asked for only sometimes. While they are not, they keep what was put in and are not sent. */
export function KeptFields({ isAsked, children }: { isAsked: boolean; children: ReactNode }) {
  return (
    <fieldset disabled={!isAsked} hidden={!isAsked} className="contents">
      {children}
    </fieldset>
  );
}
