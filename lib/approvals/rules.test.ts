import { describe, expect, it } from "vitest";
import { approversLeft, fieldsToCheck, mayAnswer, readApprovers } from "./rules";

const ADA = { userId: "ada", role: "user" };
const ADMIN = { userId: "root", role: "tenant_admin" };

describe("who may answer", () => {
  it.each([
    [{ anyone: true }, true, true],
    [{ admins: true, userIds: [] }, false, true],
    [{ admins: false, userIds: ["ada"] }, true, false],
    [{ admins: false, userIds: ["bob"] }, false, false],
    [{ admins: true, userIds: ["ada"] }, true, true],
    // Not understood: nobody but the admins.
    [{ everybody: 1 }, false, true],
    [null, false, true],
  ])("%j", (stored, ada, admin) => {
    const approvers = readApprovers(stored);
    expect([mayAnswer(approvers, ADA), mayAnswer(approvers, ADMIN)]).toEqual([ada, admin]);
  });
});

it("those who are left may answer, and the admins when nobody is", () => {
  const here = new Set(["ada"]);
  const asked = (userIds: string[], admins = false) => ({ admins, userIds });
  expect(approversLeft({ anyone: true }, new Set())).toEqual({ anyone: true });
  expect(approversLeft(asked(["ada", "bob"]), here)).toEqual(asked(["ada"]));
  expect(approversLeft(asked(["bob"]), here)).toEqual(asked([], true));
  expect(approversLeft(asked(["ada"], true), here)).toEqual(asked(["ada"], true));
});

it("a no needs no field", () => {
  const field = { key: "limit", label: "Limit", type: "number", required: true } as const;
  expect(fieldsToCheck([field], "approved")).toEqual([field]);
  expect(fieldsToCheck([field], "rejected")).toEqual([{ ...field, required: false }]);
});
