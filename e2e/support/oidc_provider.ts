import { createHash, createHmac, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What is wrong with a provider's answers. */
export type ProviderFault = 'alg none' | 'secret' | 'another key' | 'another nonce' | 'another audience' | 'expired' | 'denies' | 'silent';

type Key = { kid: string; pair: { privateKey: KeyObject; publicKey: KeyObject } };
type Code = { challenge: string; nonce: string; redirect: string };

/**
 * A fake OpenID Connect provider on loopback. It signs everybody in without a prompt, with the claims of the test, and checks
 * what a real provider checks: the client, the redirect URI and PKCE.
 */
export class OidcProvider {
  readonly issuer: string;
  readonly clientId = 'chat';
  /** The claims of the next person who signs in. */
  claims: Record<string, unknown> = { sub: 'ann@example', name: 'Ann Oakley' };
  fault: ProviderFault | undefined;
  /** How often the signing keys were requested. */
  keyRequests = 0;
  private key = makeKey();
  private readonly codes = new Map<string, Code>();
  private readonly server;

  private constructor(server: ReturnType<typeof createServer>) {
    this.server = server;
    this.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, answer) => void this.answer(request, answer));
  }

  static async start(port = 0): Promise<OidcProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return new OidcProvider(server);
  }

  /** Replaces the signing key. */
  rotate(): void {
    this.key = makeKey();
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async answer(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.issuer);
    if (this.fault === 'silent' && url.pathname !== '/authorize') return;
    const json = (status: number, body: object) =>
      answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return void json(200, {
          issuer: this.issuer,
          authorization_endpoint: `${this.issuer}/authorize`,
          token_endpoint: `${this.issuer}/token`,
          jwks_uri: `${this.issuer}/keys`,
        });
      case '/keys':
        this.keyRequests += 1;
        return void json(200, {
          keys: [{ ...this.key.pair.publicKey.export({ format: 'jwk' }), kid: this.key.kid, alg: 'RS256', use: 'sig' }],
        });
      case '/authorize':
        return this.authorize(url.searchParams, answer);
      case '/token':
        return void this.exchange(new URLSearchParams(await text(request)), json);
      default:
        return void json(404, {});
    }
  }

  private authorize(query: URLSearchParams, answer: ServerResponse): void {
    const redirect = query.get('redirect_uri') ?? '';
    const valid =
      query.get('response_type') === 'code' &&
      query.get('client_id') === this.clientId &&
      query.get('scope')?.split(' ').includes('openid') &&
      query.get('code_challenge_method') === 'S256' &&
      new URL(redirect).pathname === '/sign-in/callback';
    if (!valid) return void answer.writeHead(400).end('not a sign-in');
    const back = new URL(redirect);
    back.searchParams.set('state', query.get('state') ?? '');
    if (this.fault === 'denies') {
      back.searchParams.set('error', 'access_denied');
      back.searchParams.set('error_description', '<img src=x onerror=alert(1)> not today');
    } else {
      const code = randomUUID();
      this.codes.set(code, { challenge: query.get('code_challenge') ?? '', nonce: query.get('nonce') ?? '', redirect });
      back.searchParams.set('code', code);
    }
    answer.writeHead(302, { location: back.href }).end();
  }

  private exchange(form: URLSearchParams, json: (status: number, body: object) => void): void {
    const code = this.codes.get(form.get('code') ?? '');
    this.codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
    const valid =
      code !== undefined &&
      form.get('grant_type') === 'authorization_code' &&
      form.get('client_id') === this.clientId &&
      form.get('redirect_uri') === code.redirect &&
      challenge === code.challenge;
    if (!valid) return json(400, { error: 'invalid_grant' });
    json(200, { access_token: 'unused', token_type: 'Bearer', id_token: this.token(code.nonce) });
  }

  private token(nonce: string): string {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: this.issuer,
      aud: this.fault === 'another audience' ? 'other' : this.clientId,
      exp: this.fault === 'expired' ? now - 3_600 : now + 300,
      iat: now,
      nonce: this.fault === 'another nonce' ? randomUUID() : nonce,
      ...this.claims,
    };
    const alg = this.fault === 'alg none' ? 'none' : this.fault === 'secret' ? 'HS256' : 'RS256';
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const message = `${part({ alg, kid: this.key.kid })}.${part(claims)}`;
    return `${message}.${this.signature(alg, message)}`;
  }

  private signature(alg: string, message: string): string {
    if (alg === 'none') return '';
    if (alg === 'HS256') {
      const secret = this.key.pair.publicKey.export({ format: 'pem', type: 'spki' });
      return createHmac('sha256', secret).update(message).digest('base64url');
    }
    const { pair } = this.fault === 'another key' ? makeKey() : this.key;
    return sign('sha256', Buffer.from(message), pair.privateKey).toString('base64url');
  }
}

function makeKey(): Key {
  return { kid: randomUUID(), pair: generateKeyPairSync('rsa', { modulusLength: 2048 }) };
}

async function text(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}
