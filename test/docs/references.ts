import { dirname, join } from 'node:path/posix';

/** Where texts of the repository name a document, a heading, a decision, a rule or a file that is not there. */

export interface Repository {
  /** Markdown, code and scripts by their path. */
  readonly texts: ReadonlyMap<string, string>;
  /** Is there a file or a folder at that path? */
  readonly exists: (path: string) => boolean;
}

/** One line for each reference that leads nowhere: where it stands, and what it says. */
export function brokenReferences(repository: Repository): string[] {
  const { texts } = repository;
  return [...texts].flatMap(([path, text]) => {
    const broken = path.endsWith('.md')
      ? [...brokenLinks(path, text, repository), ...brokenMentions(withoutCodeBlocks(text), repository)]
      : [...brokenMentions(onOneLine(text), repository), ...rulesOfNoDocument(onOneLine(text), repository)];
    return [...new Set(broken)].map((reference) => `${path}: ${reference}`);
  });
}

/** The headings of a Markdown text, as a reader sees them. */
export function headingsOf(text: string): string[] {
  const lines = [...withoutCodeBlocks(text).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => heading);
  return lines.map((heading) =>
    heading
      .replace(/\[(.+?)\]\(.+?\)/g, '$1')
      .replace(/(?<![\w`])_(.+?)_(?![\w`])/g, '$1')
      .replaceAll('`', ''),
  );
}

/** The ids that GitHub gives to headings; the second of two equal ones ends in `-1`. */
function anchorsOf(text: string): string[] {
  const seen = new Map<string, number>();
  return headingsOf(text).map((heading) => {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return times === 0 ? slug : `${slug}-${times}`;
  });
}

/** Relative links and pictures. */
function brokenLinks(path: string, text: string, { texts, exists }: Repository): string[] {
  const prose = withoutCodeBlocks(text).replace(/(`+).+?\1/g, '');
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)|\bsrc="([^"]+)"/g)].map(([, link, src]) => link ?? src ?? '');
  return targets.filter((target) => {
    if (/^[a-z]+:/.test(target)) return false;
    const [file = '', anchor] = target.split('#');
    const linked = file === '' ? path : join(dirname(path), file);
    if (!exists(linked)) return true;
    return anchor !== undefined && !anchorsOf(texts.get(linked) ?? '').includes(anchor);
  });
}

/** What is named by its path from the root, and by number. */
function brokenMentions(text: string, repository: Repository): string[] {
  return [
    ...[...text.matchAll(DOCUMENT)].filter((match) => !leadsSomewhere(match, repository)).map(([mention]) => mention),
    ...[...text.matchAll(/\bdecisions? (\d+)\b/gi)]
      .filter(([, number = '']) => !isDecision(number, repository))
      .map(([mention]) => mention),
    ...[...text.matchAll(/\brules? (\d+)\b/gi)]
      .filter(([, number = '']) => !isRule(number, repository))
      .map(([mention]) => mention),
    ...[...text.matchAll(/`([\w-]+(?:\/[\w.-]+)+\.(?:ts|js|json|md|sh))`/g)]
      .filter(([, path = '']) => !/^(?:node_modules|dist)\/|NAME/.test(path) && !repository.exists(path))
      .map(([mention]) => mention),
  ];
}

/** A page of `docs/` or of the root, perhaps with an anchor, or with headings in quotes; or a decision. */
const DOCUMENT =
  /(?<![\w./-])(docs\/(?:[\w/-]+\.md|decisions\/\d+)|[A-Z]{4,}\.md)\b(#[\w-]+)?`?(?:, ("[^"]+"(?: and "[^"]+")*))?/g;

function leadsSomewhere([, path = '', anchor, quoted]: RegExpMatchArray, repository: Repository): boolean {
  const [, number] = /^docs\/decisions\/(\d+)$/.exec(path) ?? [];
  if (number !== undefined) return isDecision(number, repository);
  if (!repository.exists(path)) return false;
  const text = repository.texts.get(path) ?? '';
  const headings = headingsOf(text);
  const named = [...(quoted ?? '').matchAll(/"([^"]+)"/g)].map(([, heading = '']) => heading);
  return (
    (anchor === undefined || anchorsOf(text).includes(anchor.slice(1))) &&
    named.every((heading) => headings.includes(heading))
  );
}

/** In code a rule is named together with its document, or by its whole heading. */
function rulesOfNoDocument(text: string, { texts }: Repository): string[] {
  const headings = headingsOf(texts.get(DESIGN) ?? '').filter((heading) => /^Rule \d/.test(heading));
  const isHeading = (at: number) => headings.some((heading) => text.startsWith(heading, at));
  return [...text.matchAll(/(?<!docs\/design\.md`?, )\brules? \d+\b/gi)]
    .filter(({ index }) => !isHeading(index))
    .map(([mention]) => `${mention}, of which document?`);
}

const DESIGN = 'docs/design.md';

const isRule = (number: string, { texts }: Repository): boolean =>
  headingsOf(texts.get(DESIGN) ?? '').some((heading) => heading.startsWith(`Rule ${number}: `));

const isDecision = (number: string, { texts }: Repository): boolean =>
  [...texts.keys()].some((path) => path.startsWith(`docs/decisions/${number.padStart(4, '0')}-`));

const withoutCodeBlocks = (text: string): string => text.replace(/^ *```.*?^ *```$/gms, '');

/** A sentence of a comment may go on in the next line. */
const onOneLine = (text: string): string => text.replace(/\n\s*(?:\*|\/\/)\s/g, ' ');
