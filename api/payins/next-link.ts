import type { Request } from 'express';

/** The `Link` header that leads to the next page: this one's address with other parameters. Source: RFC 8288. */
export function nextLink({ originalUrl }: Request, changed: Readonly<Record<string, string>>): string {
  const [path = '', query = ''] = originalUrl.split('?', 2);
  const parameters = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changed)) parameters.set(name, value);
  return `<${path}?${parameters.toString()}>; rel="next"`;
}
