import { z } from 'zod';
import './answer-schemas';
import { PATHS } from './operations';
import { plain } from './parameters';
import { HEADERS, type Json, WEBHOOK } from './responses';

/** The OpenAPI 3.1 document of this API; its schemas are the zod schemas that the API itself goes by. */
export function openapiDocument(): Json {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Lesspay pay-ins',
      version: '1.0.0',
      description:
        'Durable Lesspay pay-ins. Times are RFC 3339, amounts decimal strings in major units. Every refusal is a ' +
        'problem document (RFC 9457) with a stable `code`. Ignore members that you do not know: more may come.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'pay-ins', description: "For the merchant's backend." },
      { name: 'Lesspay', description: 'For Lesspay.' },
      { name: 'operation', description: 'For whoever runs it.' },
    ],
    paths: PATHS,
    components: { schemas: { ...schemas(), ...WEBHOOK }, headers: HEADERS, securitySchemes: SECURITY },
  };
}

const SECURITY: Json = {
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    description: 'One of `API_KEYS`, made by `npm run keys -- new NAME SCOPE`. A key that may write may read.',
  },
  lesspaySignature: {
    type: 'apiKey',
    in: 'header',
    name: 'x-auth-signature',
    description: "Lesspay's signature of the body.",
  },
};

/** Those with an id, from which the others are referred to. */
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
