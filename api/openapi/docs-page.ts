import { type RequestHandler, Router } from 'express';
import helmet from 'helmet';
import { allowOnly } from '../http/allow-only';
import { openapiDocument } from './document';

/** Of `swagger-ui-dist`, served from here: the page needs no other host. */
const FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'] as const;

/** Whatever the page shows comes from here; of styles and pictures, what the viewer writes into itself. */
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

/** `GET /openapi.json` and, to browse it, `GET /docs`. Public: they hold no secret. */
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
    // Its folder may have a dot in its path, wherever this is installed.
    res.sendFile(path, { dotfiles: 'allow', etag: false, maxAge: '1h' });

/** Addresses are relative to `/docs`, so that a proxy may serve the API under a path of its own. */
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
