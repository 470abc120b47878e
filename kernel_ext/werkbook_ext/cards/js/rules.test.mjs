import assert from "node:assert/strict";
import { test } from "node:test";
import { fillRule, ruleParts } from "./rules.js";

test("a rule is cut at its variables", () => {
  assert.deepEqual(ruleParts("/user/<int:id>/<name>"), [
    { text: "/user/" },
    { name: "id", converter: "int", example: "1" },
    { text: "/" },
    { name: "name", converter: "string", example: "" },
  ]);
  assert.deepEqual(ruleParts("/<any(a, b):kind>.json")[1], {
    name: "kind",
    converter: "any",
    example: "a",
  });
  assert.deepEqual(ruleParts("/"), [{ text: "/" }]);
});

test("a rule is filled in, each value as a part of the URL", () => {
  const fill = (rule, values) => fillRule(ruleParts(rule), values);
  assert.equal(fill("/hello/<name>", { name: "a/b ü?" }), "/hello/a%2Fb%20%C3%BC%3F");
  assert.equal(fill("/files/<path:name>!", { name: "a/b c" }), "/files/a/b%20c!");
});
