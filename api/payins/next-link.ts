import type { Request } from 'express';

/** The `Link` header for the next page: the URL of this request with some parameters changed. Source: RFC 8288. */
export function nextLink({ originalUrl }: Request, changed: Readonly<Record<string, string>>): string {
  const [path = '', query = ''] = originalUrl.split('?', 2);
  const parameters = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changed)) parameters.set(name, value);
  return `<${path}?${parameters.toString()}>; rel="next"`;
}
