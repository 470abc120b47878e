import assert from "node:assert/strict";
import { test } from "node:test";
import { fileNameOf } from "./downloads.js";

test("files to save, and their names", () => {
  const head = (type, disposition = "") => ({
    url: "http://app.invalid/a/b.zip?x",
    headers: [
      ["Content-Type", type],
      ["Content-Disposition", disposition],
    ],
  });
  assert.equal(fileNameOf(head("text/html")), null);
  assert.equal(fileNameOf(head("multipart/x-mixed-replace; boundary=x")), null);
  assert.equal(fileNameOf(head("application/zip")), "b.zip");
  assert.equal(
    fileNameOf(head("text/csv", 'attachment; filename="r \\"1\\".csv"')),
    'r "1".csv',
  );
  assert.equal(
    fileNameOf(head("text/csv", "attachment; filename*=UTF-8''%C3%A4.csv")),
    "\u00e4.csv",
  );
  assert.equal(fileNameOf(head("text/csv", 'attachment; filename="../../x"')), "x");
  assert.equal(fileNameOf(head("text/html"), "n.html"), "n.html");
});
