import { describe, expect, it } from 'vitest';

import { PathTree } from './path-tree.ts';

const tree = new PathTree<string>();
for (const path of ['/things', '/things/{id}', '/things/{id}/turn', '/things/last', '/things/last/{part}/{id}']) {
  tree.add(path, path);
}

describe('a path', () => {
  it.each([
    ['/things', '/things', {}],
    ['/things/x7', '/things/{id}', { id: 'x7' }],
    ['/things/x7/turn', '/things/{id}/turn', { id: 'x7' }],
    ['/things/last', '/things/last', {}],
    ['/things/last/a/b', '/things/last/{part}/{id}', { part: 'a', id: 'b' }],
    ['/things/__proto__', '/things/{id}', { id: '__proto__' }],
  ])('%s is %s', (path, value, params) => {
    expect(tree.find(path)).toEqual({ value, params });
  });

  it.each(['/', '/Things', '/thing', '/things/x7/other', '/things/last/turn'])('%s is not there', (path) => {
    expect(tree.find(path)).toBeNull();
  });
});

it('refuses a second name for the same place', () => {
  expect(() => tree.add('/things/{name}/other', '')).toThrow('two names: id, name');
});
