/** Columns that text takes on a terminal, and cutting it to a width, by Flink's rules. */

/** UTF-16 length plus one for each wide character of the basic plane; a wide character outside it is a pair and counts two already. */
export function textWidth(text: string): number {
  let width = text.length;
  for (const character of text) if (character.length === 1 && isWide(character.codePointAt(0) as number)) width++;
  return width;
}

/** East Asian Wide and Fullwidth code points (Unicode's EastAsianWidth W and F, by block). */
function isWide(code: number): boolean {
  if (code < 0x1100) return false;
  return (
    code <= 0x115f ||
    (code >= 0x2e80 && code <= 0x303e) ||
    (code >= 0x3041 && code <= 0xa4cf) ||
    (code >= 0xa960 && code <= 0xa97c) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}

/** Right-aligned in `width`; longer text is cut and ends in `...`, with a blank in front when a wide character leaves a gap. */
export function padLeft(text: string, width: number): string {
  const taken = textWidth(text);
  if (taken <= width) return ' '.repeat(width - taken) + text;
  let kept = '';
  let keptWidth = 0;
  for (const character of text) {
    const next = textWidth(character);
    if (keptWidth + next > width - 3) break;
    kept += character;
    keptWidth += next;
  }
  return `${' '.repeat(width - 3 - keptWidth)}${kept}...`;
}

/** Control characters and escape sequences made visible, so that no cell moves the cursor. */
export function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, (c) => {
    if (c === '\n') return c;
    if (c === '\t') return '\\t';
    return c === '\r' ? '\\r' : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}
