import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

import type { PasskeyAssertion, PasskeyAttestation, PasskeyCreation, PasskeyRequest } from '@latchkey/schemas';

const FLAGS = { userPresent: 0x01, userVerified: 0x04, hasKey: 0x40 };

/** What a test may have it do that an honest one wouldn't. */
export type Ceremony = {
  origin?: string;
  rpId?: string;
  challenge?: string;
  /** False: a press, and no PIN or finger. */
  verified?: boolean;
  counter?: number;
  type?: string;
};

type Held = { id: string; rpId: string; userHandle: string; key: KeyObject };

/** An authenticator in software, with the browser around it: makes ES256 passkeys and signs with them, as WebAuthn says. */
export class VirtualAuthenticator {
  readonly #origin: string;
  readonly #held: Held[] = [];
  /** How often it has signed; an authenticator that syncs its passkeys stays at 0. */
  counter = 0;

  constructor(origin: string) {
    this.#origin = origin;
  }

  create(options: PasskeyCreation, how: Ceremony = {}): PasskeyAttestation {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const id = randomBytes(32);
    const held = { id: id.toString('base64url'), rpId: options.rp.id, userHandle: options.user.id, key: privateKey };
    this.#held.push(held);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(id.length);
    const credential = Buffer.concat([Buffer.alloc(16), length, id, coseKey(publicKey)]);
    const authData = Buffer.concat([this.#authenticatorData(held, how, FLAGS.hasKey), credential]);
    const clientData = this.#clientData('webauthn.create', options.challenge, how);
    return {
      id: held.id,
      clientDataJSON: clientData.toString('base64url'),
      attestationObject: attestationObject(authData).toString('base64url'),
    };
  }

  get(options: PasskeyRequest, how: Ceremony = {}): PasskeyAssertion {
    const allowed = options.allowCredentials.map(({ id }) => id);
    const held = this.#held.find(
      ({ id, rpId }) => rpId === options.rpId && (allowed.length === 0 || allowed.includes(id)),
    );
    if (!held) throw new Error('The authenticator has no passkey for this.');
    const authData = this.#authenticatorData(held, how);
    const clientData = this.#clientData('webauthn.get', options.challenge, how);
    const signed = Buffer.concat([authData, createHash('sha256').update(clientData).digest()]);
    return {
      id: held.id,
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: authData.toString('base64url'),
      signature: sign('sha256', signed, held.key).toString('base64url'),
      userHandle: held.userHandle,
    };
  }

  #authenticatorData({ rpId }: Held, how: Ceremony, more = 0): Buffer {
    const verified = how.verified === false ? 0 : FLAGS.userVerified;
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(how.counter ?? this.counter);
    const flags = Buffer.from([FLAGS.userPresent | verified | more]);
    return Buffer.concat([
      createHash('sha256')
        .update(how.rpId ?? rpId)
        .digest(),
      flags,
      counter,
    ]);
  }

  #clientData(type: string, challenge: string, how: Ceremony): Buffer {
    const content = {
      type: how.type ?? type,
      challenge: how.challenge ?? challenge,
      origin: how.origin ?? this.#origin,
    };
    return Buffer.from(JSON.stringify({ ...content, crossOrigin: false }));
  }
}

/** RFC 9052 section 7: an EC2 key for ES256, in CBOR. */
function coseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  const start = Buffer.from('a50102032620012158', 'hex');
  const coordinate = (text: string) => Buffer.concat([Buffer.from([32]), Buffer.from(text, 'base64url')]);
  return Buffer.concat([start, coordinate(x), Buffer.from('2258', 'hex'), coordinate(y)]);
}

/** WebAuthn section 8.7: attested by nobody. `{ fmt: "none", attStmt: {}, authData }` in CBOR. */
function attestationObject(authData: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(authData.length);
  const text = (word: string) => Buffer.concat([Buffer.from([0x60 + word.length]), Buffer.from(word)]);
  const map = [Buffer.from([0xa3]), text('fmt'), text('none'), text('attStmt'), Buffer.from([0xa0]), text('authData')];
  return Buffer.concat([...map, Buffer.from([0x59]), length, authData]);
}
