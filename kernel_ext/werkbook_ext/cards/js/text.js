// What a card computes, as pure functions: no document, no model.

const UNITS = [
  [1e6, "MB"],
  [1e3, "kB"],
];

export function readableSize(bytes) {
  for (const [size, unit] of UNITS) {
    if (bytes >= size) return `${(bytes / size).toFixed(1)} ${unit}`;
  }
  return bytes === 1 ? "1 byte" : `${bytes} bytes`;
}

export function readableTime(ms) {
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

// One of info, ok, redirect, warning, error: what the colour of a status stands for.
export function statusKind(status) {
  return (
    ["error", "info", "ok", "redirect", "warning", "error"][Math.floor(status / 100)] ??
    "error"
  );
}

export function header(headers, name) {
  const found = headers.find(([key]) => key.toLowerCase() === name.toLowerCase());
  return found ? found[1] : "";
}

export function decode(bytes, charset) {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

// Headers that every client adds by itself, and that a copy need not repeat.
const OWN_HEADERS = new Set([
  "accept",
  "accept-encoding",
  "connection",
  "content-length",
  "host",
  "user-agent",
]);

export function typedHeaders(headers) {
  return headers.filter(
    ([name, value]) =>
      !OWN_HEADERS.has(name.toLowerCase()) ||
      (name.toLowerCase() === "accept" && value !== "*/*"),
  );
}

export function shellQuote(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

export function asCurl(card) {
  const { method, url } = card.hops[0];
  const parts = ["curl"];
  if (method === "HEAD") parts.push("--head");
  else if (method !== (card.sent ? "POST" : "GET")) parts.push("-X", method);
  for (const [name, value] of typedHeaders(card.request.headers))
    parts.push("-H", shellQuote(`${name}: ${value}`));
  if (card.sent) parts.push("--data-raw", shellQuote(card.sent));
  if (card.hops.length > 1) parts.push("--location");
  parts.push(shellQuote(fullUrl(card, url)));
  return parts.join(" ");
}

function fullUrl(card, url) {
  return url.startsWith("/")
    ? `${card.base_url || "http://localhost:5000"}${url}`
    : url;
}

// A JSON value as Python source.
export function pythonLiteral(value) {
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "string") return pythonString(value);
  if (Array.isArray(value)) return `[${value.map(pythonLiteral).join(", ")}]`;
  if (typeof value === "object") {
    return `{${Object.entries(value)
      .map(([key, item]) => `${pythonString(key)}: ${pythonLiteral(item)}`)
      .join(", ")}}`;
  }
  return String(value);
}

export function pythonString(text) {
  let escaped = "";
  for (const char of text) {
    const code = char.codePointAt(0);
    if (char === "\\" || char === '"') escaped += `\\${char}`;
    else if (char === "\n") escaped += "\\n";
    else if (char === "\r") escaped += "\\r";
    else if (char === "\t") escaped += "\\t";
    else if (code < 32 || code === 127)
      escaped += `\\x${code.toString(16).padStart(2, "0")}`;
    else if (code >= 0xd800 && code <= 0xdfff) escaped += `\\u${code.toString(16)}`;
    else escaped += char;
  }
  return `"${escaped}"`;
}

// The arguments for the body and the headers, in requests' and the test client's words.
function bodyArguments(card) {
  const type = header(card.request.headers, "content-type");
  let headers = typedHeaders(card.request.headers);
  const parts = [];
  if (card.sent) {
    const value = type.includes("json") ? parseJson(card.sent) : undefined;
    if (value !== undefined) {
      parts.push(`json=${pythonLiteral(value)}`);
      headers = headers.filter(
        ([name]) =>
          name.toLowerCase() !== "content-type" && name.toLowerCase() !== "accept",
      );
    } else {
      parts.push(`data=${pythonString(card.sent)}`);
    }
  }
  if (headers.length)
    parts.push(`headers=${pythonLiteral(Object.fromEntries(headers))}`);
  return parts;
}

export function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const CLIENT_METHODS = new Set([
  "GET",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "HEAD",
  "OPTIONS",
]);

function callOf(card, url) {
  const { method } = card.hops[0];
  const isNamed = CLIENT_METHODS.has(method);
  return [
    isNamed ? method.toLowerCase() : "request",
    [...(isNamed ? [] : [pythonString(method)]), pythonString(url)],
  ];
}

export function asRequests(card) {
  const [name, start] = callOf(card, fullUrl(card, card.hops[0].url));
  return `import requests\n\nresponse = requests.${name}(${[...start, ...bodyArguments(card)].join(", ")})\n`;
}

export function asTest(card, text) {
  const { method, url } = card.hops[0];
  const last = card.hops[card.hops.length - 1];
  const [name, start] = callOf(card, url);
  const opening =
    name === "request" ? ["open", [start[1], `method=${start[0]}`]] : [name, start];
  const follow = card.hops.length > 1 ? ["follow_redirects=True"] : [];
  const words = `${method}_${url.split("?")[0]}`.toLowerCase().match(/[a-z0-9]+/g) ?? [
    "request",
  ];
  const lines = [
    `def test_${words.length > 1 ? words.join("_") : `${words[0]}_index`}(client):`,
    `    response = client.${opening[0]}(${[...opening[1], ...bodyArguments(card), ...follow].join(", ")})`,
    `    assert response.status_code == ${last.status}`,
  ];
  const value = card.response.kind === "json" ? parseJson(text) : undefined;
  if (value !== undefined && text.length < 2000)
    lines.push(`    assert response.get_json() == ${pythonLiteral(value)}`);
  else if (card.response.kind === "text" || card.response.kind === "html") {
    const line = tellingLine(text, card.response.kind);
    if (line) lines.push(`    assert ${pythonString(line)} in response.text`);
  }
  return `${lines.join("\n")}\n`;
}

// A line of the body that tells it from others: a title or a heading, else the first.
function tellingLine(text, kind) {
  const marked = kind === "html" ? /<(h1|title)\b[^>]*>[^<]+<\/\1>/i.exec(text) : null;
  const line = marked ? marked[0] : (text.split("\n").find((one) => one.trim()) ?? "");
  return line.trim().slice(0, 100);
}

// HTML source cut into [kind, text]; the texts joined are the source again.
const HTML_TOKEN =
  /(<!--[\s\S]*?(?:-->|$))|(<!doctype[^>]*>?)|(<\/?[a-zA-Z][^\s/>]*)|(\s+[^\s"'<>/=]+)(?=\s*=|[\s/>])|("[^"]*"|'[^']*')|(\/?>)/gi;
const HTML_KINDS = ["comment", "doctype", "tag", "attribute", "string", "tag"];

export function highlightHtml(source) {
  const tokens = [];
  let end = 0;
  let isInTag = false;
  for (const match of source.matchAll(HTML_TOKEN)) {
    const index = match.slice(1).findIndex((group) => group !== undefined);
    const isTagPart = index >= 3;
    if (isTagPart && !isInTag) continue;
    if (match.index > end) tokens.push(["text", source.slice(end, match.index)]);
    tokens.push([HTML_KINDS[index], match[0]]);
    end = match.index + match[0].length;
    if (index === 2) isInTag = true;
    else if (index === 5) isInTag = false;
  }
  if (end < source.length) tokens.push(["text", source.slice(end)]);
  return tokens;
}

// Long text in blocks that the browser can skip while they are out of sight. A block
// ends where a line does; a line that is longer than a block is cut.
export function blocksOf(text, blockLength = 16_000) {
  const blocks = [];
  let start = 0;
  while (text.length - start > blockLength) {
    const end = text.lastIndexOf("\n", start + blockLength);
    const isLine = end >= start;
    blocks.push(text.slice(start, isLine ? end : start + blockLength));
    start = isLine ? end + 1 : start + blockLength;
  }
  blocks.push(text.slice(start));
  return blocks;
}

export function hexDump(bytes, maxBytes = 4096) {
  const lines = [];
  for (let start = 0; start < Math.min(bytes.length, maxBytes); start += 16) {
    const row = [...bytes.subarray(start, Math.min(start + 16, maxBytes))];
    const hex = row.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const text = row
      .map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "."))
      .join("");
    lines.push(`${start.toString(16).padStart(8, "0")}  ${hex.padEnd(47)}  ${text}`);
  }
  return lines.join("\n");
}

// What a JSON value looks like while its children are folded: its beginning.
export function jsonPreview(value, maxLength = 60) {
  const isList = Array.isArray(value);
  let text = "";
  for (const [key, item] of Object.entries(value)) {
    const part = `${isList ? "" : `${JSON.stringify(key)}: `}${shortJson(item)}`;
    const joint = text ? ", " : "";
    if (text.length + part.length > maxLength) {
      text += `${joint}…`;
      break;
    }
    text += joint + part;
  }
  return isList ? `[${text}]` : `{${text}}`;
}

function shortJson(value) {
  if (isFoldable(value)) return Array.isArray(value) ? "[…]" : "{…}";
  const text = JSON.stringify(value);
  return text.length > 24 ? `${text.slice(0, 20)}…` : text;
}

export function jsonCount(value) {
  const count = Object.keys(value).length;
  const noun = Array.isArray(value) ? "item" : "key";
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

export function isFoldable(value) {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

// The lines of two texts as [" ", line], ["-", line] and ["+", line].
export function diffLines(before, after, maxCells = 4_000_000) {
  const old = before.split("\n");
  const now = after.split("\n");
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start])
    start += 1;
  let end = 0;
  while (
    end < old.length - start &&
    end < now.length - start &&
    old[old.length - 1 - end] === now[now.length - 1 - end]
  )
    end += 1;
  const same = (lines) => lines.map((line) => [" ", line]);
  return [
    ...same(old.slice(0, start)),
    ...changed(
      old.slice(start, old.length - end),
      now.slice(start, now.length - end),
      maxCells,
    ),
    ...same(end ? old.slice(-end) : []),
  ];
}

function changed(old, now, maxCells) {
  if (old.length * now.length > maxCells)
    return [...old.map((line) => ["-", line]), ...now.map((line) => ["+", line])];
  const width = now.length + 1;
  const lengths = new Uint32Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      const below = lengths[(i + 1) * width + j];
      const right = lengths[i * width + j + 1];
      lengths[i * width + j] =
        old[i] === now[j]
          ? lengths[(i + 1) * width + j + 1] + 1
          : Math.max(below, right);
    }
  }
  const rows = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < now.length) {
    const isSame = i < old.length && j < now.length && old[i] === now[j];
    const isOld =
      j === now.length ||
      (i < old.length && lengths[(i + 1) * width + j] >= lengths[i * width + j + 1]);
    rows.push(isSame ? [" ", old[i]] : isOld ? ["-", old[i]] : ["+", now[j]]);
    if (isSame || isOld) i += 1;
    if (isSame || !isOld) j += 1;
  }
  return rows;
}

// The unchanged lines far from any change folded to one row of ["…", how many].
export function foldSame(rows, context = 2) {
  const isNear = rows.map(() => false);
  rows.forEach(([mark], index) => {
    if (mark === " ") return;
    for (
      let i = Math.max(0, index - context);
      i <= Math.min(rows.length - 1, index + context);
      i += 1
    )
      isNear[i] = true;
  });
  const folded = [];
  rows.forEach((row, index) => {
    if (isNear[index]) folded.push(row);
    else if (folded.length && folded[folded.length - 1][0] === "…")
      folded[folded.length - 1][1] += 1;
    else folded.push(["…", 1]);
  });
  return folded;
}

// Headers that differ at each answer are not worth telling in a comparison, and the
// length says nothing that the body does not.
const VARYING = new Set([
  "date",
  "age",
  "etag",
  "last-modified",
  "expires",
  "content-length",
  "x-request-id",
]);

export function comparable(line, headers, text) {
  const value = parseJson(text);
  const body = typeof value === "object" ? JSON.stringify(value, null, 2) : text;
  const shown = headers
    .filter(([name]) => !VARYING.has(name.toLowerCase()))
    .map(([name, value]) => `${name}: ${value}`);
  return [line, ...shown, "", body].join("\n");
}

// The text of the header box: one `Name: value` a line; null where a line is none.
export function parseHeaders(text) {
  const headers = [];
  for (const line of text.split("\n")) {
    if (!line.trim()) continue;
    const colon = line.indexOf(":");
    if (colon < 1) return null;
    headers.push([line.slice(0, colon).trim(), line.slice(colon + 1).trim()]);
  }
  return headers;
}

// Whether a page has style sheets or images that are not inside of it.
export function loadsMore(source) {
  return /<(?:link|img|source|input|image)\b|url\(|@import/i.test(source);
}

const PAGE_PX = 260;
const LINE_PX = 32;
const LINE_CHARS = 80;
const HEADING_PX = { h1: 52, h2: 34, h3: 24 }; // more than a line has
const PLAIN =
  /^(?:\/?(?:a|b|body|br|code|em|h[1-6]|head|html|i|li|meta|ol|p|pre|small|span|strong|title|u|ul)\b|!)/i;

// How high a page is shown: a few plain lines need no more than themselves. What the
// sandbox shows cannot be measured from outside, so anything else gets the full height.
export function pageHeight(source) {
  const tags = source.match(/<[^>]*>/g) ?? [];
  if (!tags.every((tag) => PLAIN.test(tag.slice(1))) || /\sstyle\s*=/i.test(source))
    return PAGE_PX;
  const lines = source
    .replace(/<title\b[^]*?<\/title>/gi, "")
    .split(/<(?:\/?(?:p|h[1-6]|li|ol|ul)\b[^>]*|br\b[^>]*)>|\n(?=[^]*<\/pre>)/i)
    .map((line) => line.replace(/<[^>]*>/g, "").trim())
    .filter(Boolean)
    .map((line) => Math.ceil(line.length / LINE_CHARS));
  const headings = tags.reduce(
    (sum, tag) => sum + (HEADING_PX[/^<(h[1-3])\b/i.exec(tag)?.[1].toLowerCase()] ?? 0),
    0,
  );
  return Math.min(
    PAGE_PX,
    32 + headings + LINE_PX * lines.reduce((sum, count) => sum + count, 0),
  );
}

const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; media-src data:";

// A page as it is put into the sandbox: nothing is loaded, nothing runs.
export function sandboxed(source) {
  const head = `<meta http-equiv="Content-Security-Policy" content="${PAGE_POLICY}"><base target="_blank">`;
  const doctype = /^\s*<!doctype[^>]*>/i.exec(source)?.[0] ?? "";
  return doctype + head + source.slice(doctype.length);
}

const VARIABLE = /<(?:([a-zA-Z_]\w*)(?:\(([^)]*)\))?:)?([a-zA-Z_]\w*)>/g;
const EXAMPLES = {
  int: "1",
  float: "1.0",
  uuid: "00000000-0000-0000-0000-000000000000",
};

// A rule cut into texts and variables, each with a value to begin with.
export function ruleParts(rule) {
  const parts = [];
  let end = 0;
  for (const match of rule.matchAll(VARIABLE)) {
    if (match.index > end) parts.push({ text: rule.slice(end, match.index) });
    const [, converter = "string", options = "", name] = match;
    const first =
      converter === "any"
        ? options
            .split(",")[0]
            .trim()
            .replace(/^["']|["']$/g, "")
        : "";
    parts.push({ name, converter, example: EXAMPLES[converter] ?? first });
    end = match.index + match[0].length;
  }
  if (end < rule.length) parts.push({ text: rule.slice(end) });
  return parts;
}

export function fillRule(parts, values) {
  return parts
    .map((part) => {
      if (part.text !== undefined) return part.text;
      const encoded = encodeURIComponent(values[part.name]);
      return part.converter === "path" ? encoded.replaceAll("%2F", "/") : encoded;
    })
    .join("");
}
