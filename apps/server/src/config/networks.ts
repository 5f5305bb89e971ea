import { BlockList, isIP } from 'node:net';

/** A set of addresses and CIDR blocks. */
export type Networks = { has(address: string): boolean };

/**
 * One spelling for each address: IPv4 that came in through an IPv6 socket is IPv4, a zone is dropped. Null for anything
 * that isn't an address.
 */
export function plainAddress(text: string): string | null {
  const address = text.trim().replace(/%.*$/, '');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined && isIP(mapped) === 4) return mapped;
  return isIP(address) === 0 ? null : address.toLowerCase();
}

/** Null where an entry is neither an address nor a block. */
export function parseNetworks(entries: readonly string[]): Networks | null {
  const blocks = new BlockList();
  for (const entry of entries) {
    const [, text = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
    const address = plainAddress(text);
    if (address === null) return null;
    const longest = isIP(address) === 4 ? 32 : 128;
    const prefix = bits === undefined ? longest : Number(bits);
    if (prefix > longest) return null;
    blocks.addSubnet(address, prefix, familyOf(address));
  }
  return {
    has(text) {
      const address = plainAddress(text);
      return address !== null && blocks.check(address, familyOf(address));
    },
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}
