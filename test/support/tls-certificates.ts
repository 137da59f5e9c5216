import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import tls from 'node:tls';
import { afterEach, beforeEach, jest } from '@jest/globals';

/** A private key and its certificate in PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

type CertificateKind = 'valid' | 'self-signed' | 'for localhost' | 'for another host' | 'expired';

export interface Certificates {
  /** The authority's certificate. A client that trusts it accepts only the valid certificate. */
  readonly authority: string;
  readonly of: (kind: CertificateKind) => Certificate;
}

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Creates a certificate authority and certificates for 127.0.0.1 at run time: the repository contains no key, no
 * certificate expires, and no tool is required. Encodes X.509 in DER (RFC 5280, section 4.1).
 */
export function createCertificates(): Certificates {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const here: Extension = { ip: [127, 0, 0, 1] };
  const issue = (subject: string, days: readonly [number, number], extension: Extension): Certificate => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const isSelfSigned = subject === 'self-signed';
    return {
      key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      cert: toPem({
        subject,
        issuer: isSelfSigned ? subject : 'authority',
        publicKey: pair.publicKey,
        signingKey: isSelfSigned ? pair.privateKey : authority.privateKey,
        days,
        extension,
      }),
    };
  };
  const issued: Readonly<Record<CertificateKind, Certificate>> = {
    valid: issue('valid', [-1, 1], here),
    'self-signed': issue('self-signed', [-1, 1], here),
    'for localhost': issue('localhost', [-1, 1], { host: 'localhost' }),
    'for another host': issue('elsewhere', [-1, 1], { host: 'elsewhere.example' }),
    expired: issue('expired', [-2, -1], here),
  };
  return {
    authority: toPem({
      subject: 'authority',
      issuer: 'authority',
      publicKey: authority.publicKey,
      signingKey: authority.privateKey,
      days: [-3, 1],
      extension: { authority: true },
    }),
    of: (kind) => issued[kind],
  };
}

/** Registers hooks that add the test authority to the authorities that Node trusts. */
export function trustAuthority({ authority }: Certificates): void {
  const { createSecureContext } = tls;
  beforeEach(() => {
    jest
      .spyOn(tls, 'createSecureContext')
      .mockImplementation((options) => createSecureContext({ ca: [...tls.rootCertificates, authority], ...options }));
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
}

type Extension = { readonly ip: readonly number[] } | { readonly host: string } | { readonly authority: true };

interface Content {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly signingKey: KeyObject;
  /** Start and end of the validity, in days from now. */
  readonly days: readonly [number, number];
  readonly extension: Extension;
}

function toPem({ subject, issuer, publicKey, signingKey, days: [from, until], extension }: Content): string {
  const algorithm = sequence(oid('2a8648ce3d040302')); // ecdsa-with-SHA256
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))), // version 3
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    name(issuer),
    sequence(time(from), time(until)),
    name(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(toExtension(extension))),
  );
  const signature = bits(sign('sha256', toBeSigned, signingKey));
  const base64 = sequence(toBeSigned, algorithm, signature).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

function toExtension(extension: Extension): Buffer {
  if ('authority' in extension) {
    const isAuthority = sequence(der(0x01, Buffer.from([0xff])));
    return sequence(oid('551d13'), der(0x01, Buffer.from([0xff])), der(0x04, isAuthority));
  }
  const alternative = 'ip' in extension ? der(0x87, Buffer.from(extension.ip)) : der(0x82, Buffer.from(extension.host));
  return sequence(oid('551d11'), der(0x04, sequence(alternative)));
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: readonly Buffer[]) => der(0x30, ...parts);
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const bits = (bytes: Buffer) => der(0x03, Buffer.from([0]), bytes);
const name = (text: string) => sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(text)))));

/** UTCTime: YYMMDDHHMMSSZ. */
function time(days: number): Buffer {
  const digits = new Date(Date.now() + days * dayMs).toISOString().replace(/\D/g, '');
  return der(0x17, Buffer.from(`${digits.slice(2, 14)}Z`));
}
