/**
 * node schemas.mjs SWAGGER_JSON FOLDER [CRD_JSON ...]: writes Kubernetes' own OpenAPI document, and those of other kinds, as JSON
 * schemas for kubeconform, one for each kind. They are strict: a member that is not known is an error.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [swagger, folder, ...crds] = process.argv.slice(2);
const { definitions } = JSON.parse(readFileSync(swagger, 'utf8'));

const TEXT_OR_NUMBER = { oneOf: [{ type: 'string' }, { type: 'number' }] };
definitions['io.k8s.apimachinery.pkg.api.resource.Quantity'] = TEXT_OR_NUMBER;
definitions['io.k8s.apimachinery.pkg.util.intstr.IntOrString'] = TEXT_OR_NUMBER;

function strict({ $ref, properties, items, additionalProperties, ...schema }) {
  if ($ref) return { $ref: `definitions.json${$ref}` };
  const { 'x-kubernetes-group-version-kind': _kinds, ...rest } = schema;
  return {
    ...rest,
    ...(items ? { items: strict(items) } : {}),
    ...(additionalProperties ? { additionalProperties: strict(additionalProperties) } : {}),
    ...(properties ? { properties: strictEach(properties), additionalProperties: false } : {}),
  };
}
const strictEach = (schemas) =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, strict(schema)]));

mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'definitions.json'), JSON.stringify({ definitions: strictEach(definitions) }));
for (const definition of Object.values(definitions))
  for (const { group, version, kind } of definition['x-kubernetes-group-version-kind'] ?? [])
    if (definition.properties?.kind) {
      const name = [kind.toLowerCase(), ...(group ? [group.split('.')[0]] : []), version].join('-');
      writeFileSync(join(folder, `${name}.json`), JSON.stringify(strict(definition)));
    }
for (const crd of crds) {
  const { group, names, versions } = JSON.parse(readFileSync(crd, 'utf8')).spec;
  for (const { name: version, schema } of versions) {
    const { properties, ...rest } = schema.openAPIV3Schema;
    const metadata = { $ref: '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' };
    const name = [names.kind.toLowerCase(), group.split('.')[0], version].join('-');
    writeFileSync(
      join(folder, `${name}.json`),
      JSON.stringify(strict({ ...rest, properties: { ...properties, metadata } })),
    );
  }
}
