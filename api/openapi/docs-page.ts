import { type RequestHandler, Router } from 'express';
import helmet from 'helmet';
import { allowOnly } from '../http/allow-only';
import { openapiDocument } from './document';

/** Files of `swagger-ui-dist`. The API serves them itself, so the page needs no other host. */
const FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'] as const;

/** The page may load from this host only. Swagger UI also needs inline styles and `data:` images. */
const CONTENT_SECURITY_POLICY = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
};

/** `GET /openapi.json`, and `GET /docs` to read it in a browser. They need no key, since they hold no secret. */
export function docsRoutes(): Router {
  const router = Router();
  const document = JSON.stringify(openapiDocument());
  const sendText =
    (type: string, text: string): RequestHandler =>
    (_req, res) =>
      void res.type(type).send(text);
  const only = allowOnly('GET, HEAD');
  router.route('/openapi.json').get(sendText('json', document)).all(only);
  router
    .route('/docs')
    .get(withoutSlash, helmet.contentSecurityPolicy(CONTENT_SECURITY_POLICY), sendText('html', PAGE))
    .all(only);
  router.route('/docs/start.js').get(sendText('js', START)).all(only);
  for (const file of FILES) {
    const path = require.resolve(`swagger-ui-dist/${file}`);
    router.route(`/docs/${file}`).get(sendFile(path)).all(only);
  }
  return router;
}

const withoutSlash: RequestHandler = ({ originalUrl }, res, next) =>
  /^[^?]*\/(\?|$)/.test(originalUrl) ? res.redirect('../docs') : next();

const sendFile =
  (path: string): RequestHandler =>
  (_req, res) =>
    // `allow`: the path of the installation may have a folder whose name begins with a dot.
    res.sendFile(path, { dotfiles: 'allow', etag: false, maxAge: '1h' });

/** URLs are relative to `/docs`, so that a proxy can serve the API under another path. */
const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Lesspay pay-ins: API</title>
    <link rel="icon" href="docs/favicon-32x32.png">
    <link rel="stylesheet" href="docs/swagger-ui.css">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;

const START = `SwaggerUIBundle({ url: 'openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null });
`;
