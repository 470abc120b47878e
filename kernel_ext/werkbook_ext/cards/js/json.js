// JSON values: reading them, and what they look like while they are folded.

const MAX_PART_CHARS = 24;

/**
 * Read a JSON text; undefined where it is none.
 *
 * @param {string} text
 * @returns {any}
 */
export function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Tell whether a value has children.
 *
 * @param {unknown} value
 * @returns {value is object}
 */
export function isFoldable(value) {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

/**
 * Return the beginning of a list or an object, for when its children are folded.
 *
 * @param {object} value
 * @param {number} [maxLength]
 */
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

/** @param {unknown} value */
function shortJson(value) {
  if (isFoldable(value)) return Array.isArray(value) ? "[…]" : "{…}";
  const text = JSON.stringify(value);
  return text.length > MAX_PART_CHARS ? `${text.slice(0, 20)}…` : text;
}

/**
 * Say how many children a value has, such as `2 keys`.
 *
 * @param {object} value
 */
export function jsonCount(value) {
  const count = Object.keys(value).length;
  const noun = Array.isArray(value) ? "item" : "key";
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
