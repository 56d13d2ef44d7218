import type { LookupOptions } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { callbackify } from 'node:util';

type Kind = 'public' | 'private' | 'this machine' | 'nowhere';

/** RFC 6890 and its registries: networks of a company, of a carrier (RFC 6598) and for measurements; unique local ones (RFC 4193). */
const privateNetworks = blockList([
  '10.0.0.0/8 100.64.0.0/10 172.16.0.0/12 192.0.0.0/24 192.168.0.0/16 198.18.0.0/15',
  'fc00::/7 fec0::/10 64:ff9b:1::/48',
]);
const thisMachine = blockList(['127.0.0.0/8', '::1/128']);
/**
 * What no provider has: "this network", link-local ones, documentation, multicast, reserved; addresses that carry another one
 * inside (RFC 6052, RFC 3056, RFC 4380, RFC 2765), which may be anything; and where cloud machines keep their credentials.
 */
const nowhere = blockList([
  `0.0.0.0/8 169.254.0.0/16 192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4
   100.100.100.200/32 168.63.129.16/32 192.0.0.192/32`,
  `::/96 ::ffff:0:0:0/96 64:ff9b::/96 2002::/16 2001::/32 2001:db8::/32 100::/64 fe80::/10 ff00::/8 fd00:ec2::254/128 fd20:ce::254/128`,
]);

function blockList([ipv4, ipv6]: readonly [string, string]): BlockList {
  const list = new BlockList();
  for (const [networks, family] of [
    [ipv4, 'ipv4'],
    [ipv6, 'ipv6'],
  ] as const) {
    for (const network of networks.trim().split(/\s+/)) {
      const [address = '', bits] = network.split('/');
      list.addSubnet(address, Number(bits), family);
    }
  }
  return list;
}

/** Thrown instead of connecting to an address that the provider has no business to name. */
export class ForbiddenAddress extends Error {
  readonly code = 'forbidden-address';

  constructor(host: string) {
    super(`The provider names "${host}", which is nearer to us than the provider itself`);
    this.name = 'ForbiddenAddress';
  }
}

/**
 * Keeps the addresses in a provider's metadata from leading us into networks that the provider itself is not part of
 * (server-side request forgery): a public provider's may be public only, one in the company's network may be there or
 * public, and only one on this machine may name this machine. The issuer's own host is the operator's word and always allowed.
 */
export class AddressGuard {
  readonly #issuerHost: string;

  constructor(issuer: string) {
    this.#issuerHost = hostOf(new URL(issuer));
  }

  /**
   * For a host that is an address already; a name is judged by `lookup`, when it is connected to.
   * @throws ForbiddenAddress
   */
  async assertAllowed(url: URL): Promise<void> {
    const host = hostOf(url);
    if (isIP(host) === 0 || host === this.#issuerHost) return;
    if (!(await this.#allowedKinds()).has(kindOf(host))) throw new ForbiddenAddress(host);
  }

  /**
   * For `net.connect`, so that what was judged is what is connected to, whatever the name stands for a moment later.
   * @param host the host of the request; any other name that is looked up is the operator's own proxy.
   */
  lookupFor({ hostname: host }: URL): LookupFunction {
    const lookUp = callbackify(async (name: string, options: LookupOptions) => {
      const addresses = await lookup(name, { ...options, all: true });
      if (name !== host || name === this.#issuerHost) return addresses;
      const kinds = await this.#allowedKinds();
      const allowed = addresses.filter(({ address }) => kinds.has(kindOf(address)));
      if (allowed.length === 0) throw new ForbiddenAddress(name);
      return allowed;
    });
    return (name, options, callback) => {
      lookUp(name, options, (error, allowed) => {
        const [first] = allowed ?? [];
        if (first === undefined) callback(error, []);
        else if (options.all === true) callback(null, allowed);
        else callback(null, first.address, first.family);
      });
    };
  }

  /** Public ones, and those of the issuer's own kind; asked for anew, because a company may move its provider. */
  async #allowedKinds(): Promise<ReadonlySet<Kind>> {
    const addresses = await lookup(this.#issuerHost, { all: true });
    const kinds = new Set<Kind>(['public', ...addresses.map(({ address }) => kindOf(address))]);
    kinds.delete('nowhere');
    return kinds;
  }
}

/** A URL writes an IPv6 address in brackets. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/** `BlockList` judges an IPv4 address that is written as an IPv6 one (RFC 4291 §2.5.5.2) as the IPv4 address. */
export function kindOf(address: string): Kind {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  // First, because `::1` lies where otherwise addresses are that carry another one inside.
  if (thisMachine.check(address, family)) return 'this machine';
  if (nowhere.check(address, family)) return 'nowhere';
  return privateNetworks.check(address, family) ? 'private' : 'public';
}
