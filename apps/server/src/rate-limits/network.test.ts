import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { neighbourhoodOf, networkOf } from './index.ts';

describe('networkOf', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:203.0.113.7', '203.0.113.7'],
    ['::ffff:cb00:7107', '203.0.113.7'],
    ['0:0:0:0:0:ffff:203.0.113.7', '203.0.113.7'],
    ['0000:0000:0000:0000:0000:FFFF:CB00:7107', '203.0.113.7'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002:0000:0000:0000:0001', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::203.0.113.7', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:0:0:1::', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    [' 203.0.113.7 ', '203.0.113.7'],
    ['', 'unknown'],
    ['203.0.113.7:443', 'unknown'],
    ['not an address', 'unknown'],
  ])('counts %j for %j [B03]', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  it('tells neighbouring /64 networks and neighbouring IPv4 addresses apart', () => {
    expect(networkOf('2001:db8:1:3::1')).not.toBe(networkOf('2001:db8:1:2::1'));
    expect(networkOf('203.0.113.8')).not.toBe(networkOf('203.0.113.7'));
  });

  it('gives every spelling of every address in one /64 the same network [B03]', () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    const groups = (length: number) => fc.array(group, { minLength: length, maxLength: length });
    const spelling = fc.record({ upper: fc.boolean(), padded: fc.boolean() });
    fc.assert(
      fc.property(groups(4), groups(4), groups(4), spelling, (network, one, other, { upper, padded }) => {
        fc.pre(network.some((each) => each !== 0));
        const plain = [...network, ...one].map((each) => each.toString(16)).join(':');
        const spelled = [...network, ...other].map((each) => each.toString(16).padStart(padded ? 4 : 1, '0')).join(':');
        expect(networkOf(upper ? spelled.toUpperCase() : spelled)).toBe(networkOf(plain));
      }),
    );
  });
});

describe('neighbourhoodOf', () => {
  it.each([
    ['203.0.113.7', '203.0.113.0/24'],
    ['::ffff:203.0.113.200', '203.0.113.0/24'],
    ['2001:DB8:1:2::1', '2001:db8:1::/48'],
    ['2001:db8:1:3::1', '2001:db8:1::/48'],
    ['2001:db8:2:2::1', '2001:db8:2::/48'],
    ['2001:db8:0:0::/64', '2001:db8:0::/48'],
    ['not an address', 'unknown'],
  ])('is for %j %j', (address, neighbourhood) => {
    expect(neighbourhoodOf(address)).toBe(neighbourhood);
  });
});
