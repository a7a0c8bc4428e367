import { expect, it } from "vitest";
import { commandOf, endsTyping, SHORTCUTS } from "./shortcuts";

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

it("ends typing with Enter, saving and running, and with no other key", () => {
  const presses = [{ key: "Enter" }, { key: "Enter", metaKey: true }, { key: "s", ctrlKey: true }];
  for (const press of presses) expect(endsTyping({ ...plain, ...press }), press.key).toBe(true);
  const others = [
    { key: "s" },
    { key: "Control", ctrlKey: true },
    { key: "z", ctrlKey: true },
    { key: "Backspace" },
  ];
  for (const press of others) expect(endsTyping({ ...plain, ...press }), press.key).toBe(false);
});
