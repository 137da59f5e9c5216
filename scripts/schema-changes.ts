import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

/**
 * Changes that can break a client of the last release, and that the changelog does not announce.
 * @param changelog in an entry that begins with `**Breaking:**`, its section "Unreleased" names an element of the schema
 *   as code, such as `LinkedAccount.label`
 * @returns one sentence for each change
 */
export async function findUnannouncedChanges(released: string, current: string, changelog: string): Promise<string[]> {
  const changes = await diff(buildSchema(released), buildSchema(current));
  const announced = announcedElements(changelog);
  return changes
    .filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking)
    .map(({ path = 'schema', message }) => ({ path, message }))
    .filter(({ path }) => !announced.has(path))
    .map(({ path, message }) => `\`${path}\`: ${message}`);
}

function announcedElements(changelog: string): Set<string> {
  const section = changelog.split(/^## /m).find((text) => text.startsWith('[Unreleased]')) ?? '';
  const entries = section.split(/^(?=- |#)/m).filter((entry) => entry.startsWith('- **Breaking:**'));
  return new Set(entries.flatMap((entry) => [...entry.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '')));
}
