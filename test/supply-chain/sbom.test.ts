import { z } from 'zod';
import { runScript } from '../scripts/running-script';
import { lockedPackages } from './lockfile';

const bill = z.object({
  bomFormat: z.literal('CycloneDX'),
  components: z.array(
    z.object({
      group: z.string().default(''),
      name: z.string(),
      version: z.string(),
      purl: z.string(),
      'bom-ref': z.string(),
    }),
  ),
  dependencies: z.array(z.object({ ref: z.string(), dependsOn: z.array(z.string()) })),
});

it('npm run sbom lists every package of production, and none of development', async () => {
  const { code, output } = await runScript('sbom');
  expect(code).toBe(0);
  const { components, dependencies } = bill.parse(JSON.parse(output));
  const listed = components.map(({ name, version }) => `${name}@${version}`);
  const locked = lockedPackages().filter(({ dev }) => !dev);
  expect([...new Set(listed)].sort()).toEqual(
    [...new Set(locked.map(({ name, version }) => `${name}@${version}`))].sort(),
  );
  const refs = new Set(components.map((component) => component['bom-ref']));
  expect(dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !refs.has(ref))).toEqual([]);
});
