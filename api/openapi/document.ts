import { z } from 'zod';
import './answer-schemas';
import { PATHS } from './operations';
import { plain } from './parameters';
import { HEADERS, type Json, WEBHOOK } from './responses';

/** The OpenAPI 3.1 document of this API. Its schemas are made from the zod schemas that the API uses. */
export function openapiDocument(): Json {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Lesspay pay-ins',
      version: '1.0.0',
      description:
        'Durable Lesspay pay-ins. Times are in RFC 3339; amounts are decimal strings in major units. Every error is a ' +
        'problem document (RFC 9457) with a stable `code`. Ignore members that you do not know: later versions may add some.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'pay-ins', description: "Used by the merchant's backend." },
      { name: 'Lesspay', description: 'Used by Lesspay.' },
      { name: 'operation', description: 'Used by those who operate this API.' },
    ],
    paths: PATHS,
    components: { schemas: { ...schemas(), ...WEBHOOK }, headers: HEADERS, securitySchemes: SECURITY },
  };
}

const SECURITY: Json = {
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    description:
      'An API key, made with `npm run keys -- new NAME SCOPE`; `API_KEYS` holds its hash. A key of scope `write` may also read.',
  },
  lesspaySignature: {
    type: 'apiKey',
    in: 'header',
    name: 'x-auth-signature',
    description: "Lesspay's signature of the body (64 hex digits).",
  },
};

/** The schemas that have an id. The document refers to them by it. */
function schemas(): Json {
  const { schemas } = z.toJSONSchema(z.globalRegistry, {
    io: 'input',
    uri: (id) => `#/components/schemas/${id}`,
    override: plain,
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _dialect, $id: _ours, ...schema }]) => [name, schema]),
  );
}
