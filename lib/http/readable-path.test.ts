import { expect, it } from "vitest";
import { isReadablePath } from "./readable-path";

it.each(["/", "/app/runs", "/i/caf%C3%A9%2Fbar/%00", "/i/%25", "/i/%25ED%25A0"])(
  "%s can be read",
  (pathname) => {
    expect(isReadablePath(pathname)).toBe(true);
  },
);

it.each(["/i/%ED%A0%80", "/i/%", "/%zz/a", "/i/%ff"])("%s cannot be read", (pathname) => {
  expect(isReadablePath(pathname)).toBe(false);
});
