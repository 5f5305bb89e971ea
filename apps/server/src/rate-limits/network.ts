import { isIP } from 'node:net';

/** Whoever has an IPv6 connection has at least these many bits of it to themselves, so an address is no more than its network. */
const IPV6_NETWORK_GROUPS = 4;

/**
 * The network that an address counts for: IPv4 by itself, IPv6 by its /64, in one spelling whatever the case, the zeroes
 * or the IPv4-mapped form that it came in [B03]. What isn't an address shares one bucket.
 */
export function networkOf(address: string): string {
  const plain = address.trim().replace(/%.*$/s, '');
  if (isIP(plain) === 4) return plain;
  if (isIP(plain) !== 6) return 'unknown';
  const groups = groupsOf(plain);
  return mappedIpv4(groups) ?? `${groups.slice(0, IPV6_NETWORK_GROUPS).map(toHex).join(':')}::/64`;
}

/** Of an IPv6 address, the bits that a provider gives to one site. */
const IPV6_SITE_GROUPS = 3;

/**
 * A network and those around it: IPv4 by its /24, IPv6 by its /48. A person at home or at work comes from the same one for months,
 * whatever single address they are given that day. Takes an address, or what `networkOf` made of one.
 */
export function neighbourhoodOf(address: string): string {
  const network = networkOf(address.replace(/\/64$/, ''));
  if (network === 'unknown') return network;
  return isIP(network) === 4
    ? network.replace(/\d+$/, '0/24')
    : `${network.split(':').slice(0, IPV6_SITE_GROUPS).join(':')}::/48`;
}

/** The eight 16-bit numbers of a valid IPv6 address. RFC 4291 section 2.2: `::` once, dotted IPv4 at the end. */
function groupsOf(address: string): number[] {
  const [before = '', after] = address.split('::');
  const head = parseGroups(before);
  const tail = parseGroups(after ?? '');
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail];
}

function parseGroups(text: string): number[] {
  return text === ''
    ? []
    : text.split(':').flatMap((part) => (part.includes('.') ? parseDotted(part) : [Number.parseInt(part, 16)]));
}

function parseDotted(text: string): number[] {
  const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number);
  return [a * 256 + b, c * 256 + d];
}

/** RFC 4291 section 2.5.5.2: `::ffff:a.b.c.d` is an IPv4 caller on an IPv6 socket. */
function mappedIpv4(groups: number[]): string | null {
  const [high = 0, low = 0] = groups.slice(6);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  return isMapped ? [high >> 8, high & 255, low >> 8, low & 255].join('.') : null;
}

function toHex(group: number): string {
  return group.toString(16);
}
