// The source of a cell with one of its requests replaced.

const LINE = /^(\s*(?:[\w.]+\s*=\s*)?)%http\s.*$/;
const WANTED = /\s->\s.*$/;

/**
 * Return the source with a request in the place of the n-th that it sends.
 *
 * What must hold of the answer (behind `->`) stays.
 * @param {string} source
 * @param {{ line: string | null, cell: string }} request As a line, if it fits, or a cell.
 * @param {number} place Which request of the cell it takes the place of.
 * @returns {string | null} Null where the cell sends no such request.
 */
export function withRequest(source, request, place) {
  if (/^\s*%%http\b/.test(source)) {
    const wanted = WANTED.exec(source.trimStart().split("\n")[0])?.[0] ?? "";
    const [first, ...rest] = request.cell.split("\n");
    return [first + wanted, ...rest].join("\n");
  }
  const lines = source.split("\n");
  const numbers = lines.flatMap((line, number) => (LINE.test(line) ? [number] : []));
  const number = numbers[place];
  if (number === undefined) return null;
  if (request.line === null) {
    // A body takes a cell of its own: this one, where it does nothing else.
    const isAlone = lines.every((line, other) => other === number || !line.trim());
    return isAlone && /^%http/.test(lines[number]) ? request.cell : null;
  }
  const [, before] = LINE.exec(lines[number]) ?? ["", ""];
  const wanted = WANTED.exec(lines[number])?.[0] ?? "";
  lines[number] = before + request.line + wanted;
  return lines.join("\n");
}
