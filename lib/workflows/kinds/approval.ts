import { z } from "zod";
import { defineKind } from "../kind";
import { inputField, inputFieldRows, inputKind } from "./input";
import { requiredTemplate, templateText, uniqueKeys } from "./shared";

const hours = z
  .number()
  .gt(0, "More than 0 hours.")
  .max(366 * 24, "At most 366 days.");

const approvalConfig = z
  .strictObject({
    title: requiredTemplate,
    message: templateText,
    /** What whoever answers fills in. */
    fields: z.array(inputField).max(20, "At most 20 fields.").superRefine(uniqueKeys),
    who: z.enum(["anyone", "admins", "people"]),
    userIds: z.array(z.uuid()).max(50, "At most 50 people."),
    timeoutHours: hours.optional(),
    remindHours: hours.optional(),
  })
  .refine(({ who, userIds }) => who !== "people" || userIds.length > 0, {
    path: ["userIds"],
    message: "Choose who may answer.",
  })
  .refine(
    ({ timeoutHours, remindHours }) =>
      timeoutHours === undefined || remindHours === undefined || remindHours < timeoutHours,
    { path: ["remindHours"], message: "The reminder has to come before the time is up." },
  );

/** Asks people, and goes on the way they decide. */
export const approvalKind = defineKind({
  kind: "approval",
  label: "Approval",
  description: "Ask people before the run goes on. They approve or reject, and may fill in a form.",
  icon: "user-check",
  group: "people",
  config: approvalConfig,
  defaults: { title: "Please approve", message: "", fields: [], who: "anyone", userIds: [] },
  form: [
    { name: "title", label: "Title", type: "template", rows: 1 },
    {
      name: "message",
      label: "Message",
      type: "template",
      rows: 6,
      optional: true,
      help: "What people should know to decide.",
    },
    {
      name: "fields",
      label: "Form",
      type: "rows",
      addLabel: "Add field",
      item: { key: "", label: "", type: "text", required: false },
      help: "Filled in by whoever approves. The nodes after this one read it in answer.",
      row: inputFieldRows("The name used in templates: node.answer.key", "the person who answers"),
    },
    {
      name: "who",
      label: "Who may answer",
      type: "choice",
      options: [
        { value: "anyone", label: "Everybody in the workspace" },
        { value: "admins", label: "Administrators" },
        { value: "people", label: "Certain people" },
      ],
    },
    {
      name: "userIds",
      label: "People",
      type: "people",
      help: "Once none of them is in the workspace any more, admins may answer.",
      when: { field: "who", is: ["people"] },
    },
    {
      name: "timeoutHours",
      label: "Time to answer, in hours",
      type: "number",
      min: 0,
      max: 8_784,
      optional: true,
      help: "Then the run goes on at No answer. Empty waits for ever.",
    },
    {
      name: "remindHours",
      label: "Remind after, in hours",
      type: "number",
      min: 0,
      max: 8_784,
      optional: true,
    },
  ],
  ports: (config) => [
    { id: "approved", label: "Approved" },
    { id: "rejected", label: "Rejected" },
    ...(config.timeoutHours === undefined ? [] : [{ id: "timeout", label: "No answer" }]),
  ],
  acceptsEdges: true,
  outputs: (config) => [
    { key: "decision", label: "approved, rejected or timeout", type: "text" },
    {
      key: "answer",
      label: "What was filled in, by field",
      type: "object",
      inside: inputKind.outputs(config),
    },
    { key: "comment", label: "Comment", type: "text" },
    { key: "answeredBy", label: "Who answered", type: "text" },
  ],
});
