import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/**
 * The files of a folder, at any depth, that hold one of the texts: as it is, or in base64 at any place of what was encoded.
 * @param texts of characters that JSON does not escape
 * @returns their paths from the folder
 */
export function filesWith(texts: readonly string[], folder: string): string[] {
  const spellings = texts.flatMap((text) => [text, ...inBase64(text)]);
  return filesOf(folder).filter((file) => {
    const bytes = readFileSync(join(folder, file));
    return spellings.some((spelling) => bytes.includes(spelling, 0, 'latin1'));
  });
}

/** The names in a folder, of a file that matches or of a folder that has one. */
export function namesThatMatch(pattern: RegExp, folder: string): string[] {
  const files = filesOf(folder).filter((file) => pattern.test(readFileSync(join(folder, file), 'latin1')));
  return [...new Set(files.map((file) => file.split(sep)[0] ?? file))].sort();
}

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));

/** What the text is in base64 and base64url after 0, 1 or 2 other bytes, without the characters that those bytes decide too. */
function inBase64(text: string): string[] {
  const spellings = [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]);
    const [start, end] = [Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6)];
    return [bytes.toString('base64').slice(start, end), bytes.toString('base64url').slice(start, end)];
  });
  return [...new Set(spellings)];
}
