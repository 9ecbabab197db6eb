import { randomBytes } from 'node:crypto';
import type { Response } from 'express';
import { markup, Markup } from './markup';
import { STYLE } from './style';

export interface Page {
  readonly title: string;
  /** The content of `<main>`. */
  readonly main: Markup;
  readonly wide?: boolean;
  /** Added to the style sheet. Must not contain any text of an order. */
  readonly style?: string;
  /** Runs after the page is loaded; the page must work without it. Must not contain any text of an order. */
  readonly script?: string;
}

/** Sends a page that is never cached, and whose content security policy allows only its own style and script. */
export function sendPage(response: Response, http_status: number, page: Page): void {
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
    'img-src data:',
    // Chromium also applies this to the redirect after a form's POST, which goes to the merchant.
    "form-action 'self' http: https:",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  response.status(http_status).set({
    'content-security-policy': policy.join('; '),
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  response.type('html').send(render(page, nonce).text);
}

const render = ({ title, main, wide, style, script }: Page, nonce: string): Markup => markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · Lesspay sandbox</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">${new Markup(STYLE + (style ?? ''))}</style>
</head>
<body>
<header class="banner"><p><a href="/">Lesspay sandbox</a> · no real money</p></header>
<main class="${wide ? 'wide' : 'narrow'}">
${main}
</main>
<footer><p>A simulated Lesspay, for development and tests.</p></footer>
${script === undefined ? null : markup`<script nonce="${nonce}">${new Markup(script)}</script>`}
</body>
</html>
`;
