import { execFileSync } from 'node:child_process';
import { z } from 'zod';

/**
 * `npm run sbom`: prints a software bill of materials (CycloneDX 1.5, JSON) of the packages that the lockfile installs in
 * production, for all platforms. `npm sbom --omit dev` leaves out each package that a development dependency needs too, and so
 * Temporal's client.
 */

const DEVELOPMENT = 'cdx:npm:package:development';

const bill = z.looseObject({
  components: z.array(
    z.looseObject({
      'bom-ref': z.string(),
      properties: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
    }),
  ),
  dependencies: z.array(z.looseObject({ ref: z.string(), dependsOn: z.array(z.string()) })),
});

function main(): void {
  const command = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'];
  const whole = bill.parse(JSON.parse(execFileSync('npm', command, { encoding: 'utf8', maxBuffer: 1 << 28 })));
  const left = whole.components.filter(
    ({ properties = [] }) => !properties.some(({ name, value }) => name === DEVELOPMENT && value === 'true'),
  );
  const gone = new Set(whole.components.map((component) => component['bom-ref']));
  for (const component of left) gone.delete(component['bom-ref']);
  const dependencies = whole.dependencies
    .filter(({ ref }) => !gone.has(ref))
    .map((entry) => ({ ...entry, dependsOn: entry.dependsOn.filter((ref) => !gone.has(ref)) }));
  console.log(JSON.stringify({ ...whole, components: left, dependencies }, undefined, 2));
}

main();
