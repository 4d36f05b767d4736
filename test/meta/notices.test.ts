import { expect, test } from 'vitest';
import { topics } from '../../src/core/bake/effect.ts';
import { isLasting, severities, severityOf } from '../../src/core/notify/severity.ts';
import { templatePlaceholders } from '../../src/core/notify/template.ts';
import { notifiers } from '../../src/notifiers/index.ts';
import { read } from './tree.ts';

const page = read('docs/how-to/route-notices.md');
const wordsIn = (text: string) => [...text.matchAll(/`\{?(\w+)\}?`/g)].map(([, word = '']) => word);

test.for([...severities])('the page on notices names the topics of severity %s', (severity) => {
  const row = page.split('\n').find((line) => line.startsWith(`| \`${severity}\` |`)) ?? '';
  expect(wordsIn(row.split('|')[2] ?? '').toSorted()).toEqual(topics.filter((topic) => severityOf[topic] === severity).toSorted());
});

test('… and those that quiet time drops, but for the bad, which it lets through', () => {
  const line = page.split('\n').find((text) => text.includes('are dropped: in the morning')) ?? '';
  expect(wordsIn(line).toSorted()).toEqual(topics.filter((topic) => !isLasting(topic)).toSorted());
});

test('… and every placeholder', () => {
  const table = page.split('| placeholder | stands for |')[1]?.split('\n\n')[0] ?? '';
  const named = table.split('\n').flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name));
  expect(named.toSorted()).toEqual([...templatePlaceholders].toSorted());
});

test('… and the notifiers that systems read', () => {
  const line = page.split('\n').find((text) => text.startsWith('- Notifiers that systems read')) ?? '';
  const systems = [...notifiers.values()].filter(({ audience }) => audience === 'systems').map(({ type }) => type);
  const named = wordsIn(line).filter((word) => word !== 'quiet' && word !== 'digest');
  expect(named.toSorted()).toEqual(systems.toSorted());
});
