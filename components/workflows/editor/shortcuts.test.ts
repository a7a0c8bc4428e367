import { expect, it } from "vitest";
import { commandOf, SHORTCUTS } from "./shortcuts";

const plain = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };

it("reads every shortcut that the help lists", () => {
  for (const { command, keys } of SHORTCUTS) {
    if (!command) continue;
    const key = keys.at(-1) ?? "";
    const press = {
      ...plain,
      key: key === "Esc" ? "Escape" : key,
      ctrlKey: keys.includes("Ctrl"),
      shiftKey: keys.includes("Shift"),
    };
    expect(commandOf(press, false), keys.join("+")).toBe(command);
  }
});

it("leaves typing alone, except for saving and running", () => {
  expect(commandOf({ ...plain, key: "Backspace" }, true)).toBeNull();
  expect(commandOf({ ...plain, key: "z", ctrlKey: true }, true)).toBeNull();
  expect(commandOf({ ...plain, key: "l" }, true)).toBeNull();
  expect(commandOf({ ...plain, key: "s", metaKey: true }, true)).toBe("save");
});
