import assert from "node:assert/strict";
import { test } from "node:test";
import { leafText, parseJson } from "./json.js";
import { pathTo, searchJson } from "./json_paths.js";
import {
  arrangeRecords,
  cellText,
  columnsOf,
  findRecords,
  isRecords,
} from "./records.js";

const people = parseJson(`[
  {"name": "Ada", "age": 36}, {"name": "Grace", "age": 9.0},
  {"name": "Bob"}, {"name": "bill", "age": 100, "tags": ["x"]}
]`);
const names = (rows) => rows.map((one) => one.name);

test("a list of records is one of objects alone", () => {
  for (const one of [people, [{ a: 1 }], [{ a: 1 }, {}]]) assert.ok(isRecords(one));
  for (const other of [
    [],
    [{}],
    [{ a: 1 }, null],
    [{ a: 1 }, 2],
    [{ a: 1 }, [1]],
    { a: 1 },
  ]) {
    assert.ok(!isRecords(other), JSON.stringify(other));
  }
});

test("columns are the keys in the order in which they come", () => {
  assert.deepEqual(columnsOf(people), ["name", "age", "tags"]);
  assert.equal(cellText(people[3].tags), '["x"]');
  assert.equal(cellText(people[1].age), "9.0");
});

test("records are sorted as numbers or as text; what is missing comes last", () => {
  const by = (column, isDescending = false) =>
    names(arrangeRecords(people, "", { column, isDescending }));
  assert.deepEqual(by("age"), ["Grace", "Ada", "bill", "Bob"]);
  assert.deepEqual(by("name"), ["Ada", "bill", "Bob", "Grace"]);
  assert.deepEqual(by("name", true), ["Grace", "Bob", "bill", "Ada"]);
  assert.deepEqual(by("age", true), ["bill", "Ada", "Grace", "Bob"]);
  assert.deepEqual(names(people), ["Ada", "Grace", "Bob", "bill"]);
});

test("a search keeps the records that have the text in a cell", () => {
  assert.deepEqual(names(arrangeRecords(people, "B", null)), ["Bob", "bill"]);
  assert.deepEqual(names(arrangeRecords(people, "36", null)), ["Ada"]);
  assert.equal(arrangeRecords([{ a: 1 }, {}], "", null).length, 2);
});

test("paths are those that people type", () => {
  assert.equal(pathTo("", "items", false), "items");
  assert.equal(pathTo("items", "0", true), "items[0]");
  assert.equal(pathTo("items[0]", "a b", false), 'items[0]["a b"]');
  assert.equal(pathTo("", "0", true), "[0]");
});

test("a search finds names and values, in the order of the text", () => {
  const value = { users: people, user: null };
  const paths = (text) => [...searchJson(value, text)].map((one) => one?.path);
  assert.deepEqual(paths("user"), ["users", "user"]);
  assert.deepEqual(paths("ada"), ["users[0].name"]);
  assert.deepEqual(paths("9.0"), ["users[1].age"]);
  assert.equal(paths("name").length, people.length);
});

test("records are found one level down, where there is one list of them", () => {
  const found = (text) => findRecords(parseJson(text))?.name;
  assert.equal(found('[{"a": 1}]'), "");
  assert.equal(found('{"count": 1, "7": [{"a": 1}]}'), "7");
  for (const text of ["1", "[1]", '{"a": [{"b": 1}], "c": [{"d": 1}]}', '{"a": [1]}']) {
    assert.equal(found(text), undefined, text);
  }
});

test("large numbers are compared to their last digit", () => {
  const text =
    '[{"n": 12345678901234567891}, {"n": 12345678901234567890}, {"n": 1e400}]';
  const sorted = arrangeRecords(parseJson(text), "", {
    column: "n",
    isDescending: false,
  });
  assert.deepEqual(
    sorted.map(({ n }) => leafText(n)),
    ["12345678901234567890", "12345678901234567891", "1e400"],
  );
});

test("a search goes through a long list", () => {
  const found = [...searchJson(new Array(300_000).fill(7), "7")];
  const pauses = found.filter((one) => one === null);
  assert.equal(found.length - pauses.length, 300_000);
  assert.ok(pauses.length > 1, "the page can do something else meanwhile");
});
