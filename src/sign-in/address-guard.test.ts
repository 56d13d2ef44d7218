import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { AddressGuard, ForbiddenAddress, kindOf } from './address-guard.ts';

const words = (text: string) => text.trim().split(/\s+/);

describe('CFG-5 an address', () => {
  const kinds = {
    public: words('8.8.8.8 1.1.1.1 172.15.0.1 172.32.0.1 100.128.0.1 192.169.0.1 2606:4700::1111 ::ffff:8.8.8.8'),
    private: words(`
      10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 100.64.0.1 198.18.0.1 192.0.0.8
      fc00::1 fd12:3456::1 ::ffff:10.0.0.1 ::ffff:c0a8:1
    `),
    'this machine': words('127.0.0.1 127.1.2.3 ::1 ::ffff:127.0.0.1 ::ffff:7f00:1'),
    nowhere: words(`
      0.0.0.0 64:ff9b::a9fe:a9fe 2002:a9fe:a9fe::1 ::7f00:1 ::ffff:0:127.0.0.1 100.100.100.200 168.63.129.16 fd20:ce::254 169.254.169.254 169.254.0.1 224.0.0.1 255.255.255.255 :: fe80::1 ff02::1 fd00:ec2::254 ::ffff:169.254.169.254
    `),
  };
  for (const [kind, addresses] of Object.entries(kinds)) {
    it(`that is ${kind} is known as such, however it is written`, () => {
      for (const address of addresses) assert.equal(kindOf(address), kind, address);
    });
  }
});

describe('CFG-5 what a provider may name', () => {
  const allowed = async (issuer: string, host: string) => {
    try {
      await new AddressGuard(issuer).assertAllowed(new URL(`https://${host}/keys`));
      return true;
    } catch (error) {
      assert.ok(error instanceof ForbiddenAddress);
      return false;
    }
  };

  it('is public only, where the provider is public', async () => {
    assert.ok(await allowed('https://8.8.8.8', '1.1.1.1'));
    for (const host of words('10.0.0.1 127.0.0.1 [::1] 169.254.169.254 [fd12::1] 2130706433 0x7f.1 [::ffff:10.0.0.1]')) {
      assert.equal(await allowed('https://8.8.8.8', host), false, host);
    }
  });

  it('may be in the company’s network, where the provider is, but not on this machine', async () => {
    assert.ok(await allowed('https://10.0.0.1', '192.168.5.5'));
    assert.ok(await allowed('https://10.0.0.1', '8.8.8.8'));
    for (const host of ['127.0.0.1', '169.254.169.254']) assert.equal(await allowed('https://10.0.0.1', host), false, host);
  });

  it('may be on this machine, where the provider is; but never where cloud machines keep their credentials', async () => {
    assert.ok(await allowed('http://localhost:3001', '127.0.0.1'));
    for (const host of words('169.254.169.254 [fe80::1] 0.0.0.0 [fd00:ec2::254] 10.0.0.1')) {
      assert.equal(await allowed('http://localhost:3001', host), false, host);
    }
  });

  it('is its own host in any case, because the operator named that', async () => {
    assert.ok(await allowed('https://169.254.1.1', '169.254.1.1'));
  });

  it('is judged by the address that a name stands for, in the moment it is connected to', async () => {
    const lookup = (issuer: string) =>
      promisify(new AddressGuard(issuer).lookupFor(new URL('https://localhost/keys')))('localhost', { all: true });
    await assert.rejects(lookup('https://8.8.8.8'), ForbiddenAddress);
    await assert.rejects(lookup('https://10.0.0.1'), ForbiddenAddress);
    assert.ok(((await lookup('https://127.0.0.1')) as unknown as unknown[]).length > 0);
  });
});
