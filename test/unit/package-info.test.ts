import { expect, it } from '@jest/globals';
import { packageName, packageVersion } from '../../src/config/package-info.js';
import { readText } from '../support/package-files.js';

it('The name and version in the code are those of package.json', () => {
  expect(JSON.parse(readText('package.json'))).toMatchObject({ name: packageName, version: packageVersion });
});
