// Rules as a form: cut at their variables, and filled in again.

/**
 * @typedef {{ text: string }} RuleText
 * @typedef {{ name: string, converter: string, example: string }} RuleVariable
 *   `example` is a value to begin with.
 */

const VARIABLE = /<(?:([a-zA-Z_]\w*)(?:\(([^)]*)\))?:)?([a-zA-Z_]\w*)>/g;
/** @type {Record<string, string>} */
const EXAMPLES = {
  int: "1",
  float: "1.0",
  uuid: "00000000-0000-0000-0000-000000000000",
};

/**
 * Cut a rule into texts and variables.
 *
 * @param {string} rule
 * @returns {(RuleText | RuleVariable)[]}
 */
export function ruleParts(rule) {
  /** @type {(RuleText | RuleVariable)[]} */
  const parts = [];
  let end = 0;
  for (const match of rule.matchAll(VARIABLE)) {
    if (match.index > end) parts.push({ text: rule.slice(end, match.index) });
    const [, converter = "string", options = "", name] = match;
    parts.push({ name, converter, example: exampleValue(converter, options) });
    end = match.index + match[0].length;
  }
  if (end < rule.length) parts.push({ text: rule.slice(end) });
  return parts;
}

/**
 * @param {string} converter
 * @param {string} options
 */
function exampleValue(converter, options) {
  if (converter !== "any") return EXAMPLES[converter] ?? "";
  const [first] = options.split(",");
  return first.trim().replace(/^["']|["']$/g, "");
}

/**
 * Return the URL of a rule for the values of its variables.
 *
 * @param {(RuleText | RuleVariable)[]} parts
 * @param {Record<string, string>} values
 */
export function fillRule(parts, values) {
  return parts
    .map((part) => {
      if ("text" in part) return part.text;
      const encoded = encodeURIComponent(values[part.name]);
      return part.converter === "path" ? encoded.replaceAll("%2F", "/") : encoded;
    })
    .join("");
}
