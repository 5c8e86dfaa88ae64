import { createHash, createHmac, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How a provider does what it must not. */
export type Misdeed = 'alg none' | 'secret' | 'another key' | 'another nonce' | 'another audience' | 'expired' | 'denies' | 'silent';

type Key = { kid: string; pair: { privateKey: KeyObject; publicKey: KeyObject } };
type Code = { challenge: string; nonce: string; redirect: string };

/**
 * A pretend OpenID Connect provider on loopback: it lets everybody in without asking, under the claims it is told, and
 * checks what a real one checks: the client, the address to send back to, and PKCE.
 */
export class Provider {
  readonly issuer: string;
  readonly clientId = 'chat';
  /** What it says of whoever signs in. */
  claims: Record<string, unknown> = { sub: 'ann@example', name: 'Ann Oakley' };
  misdeed: Misdeed | undefined;
  /** How often its keys were asked for. */
  keysAsked = 0;
  private key = makeKey();
  private readonly codes = new Map<string, Code>();
  private readonly server;

  private constructor(server: ReturnType<typeof createServer>) {
    this.server = server;
    this.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, answer) => void this.answer(request, answer));
  }

  static async start(port = 0): Promise<Provider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return new Provider(server);
  }

  /** From now on it signs with another key. */
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
    if (this.misdeed === 'silent' && url.pathname !== '/authorize') return;
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
        this.keysAsked += 1;
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

  private authorize(asked: URLSearchParams, answer: ServerResponse): void {
    const redirect = asked.get('redirect_uri') ?? '';
    const good =
      asked.get('response_type') === 'code' &&
      asked.get('client_id') === this.clientId &&
      asked.get('scope')?.split(' ').includes('openid') &&
      asked.get('code_challenge_method') === 'S256' &&
      new URL(redirect).pathname === '/sign-in/callback';
    if (!good) return void answer.writeHead(400).end('not a sign-in');
    const back = new URL(redirect);
    back.searchParams.set('state', asked.get('state') ?? '');
    if (this.misdeed === 'denies') {
      back.searchParams.set('error', 'access_denied');
      back.searchParams.set('error_description', '<img src=x onerror=alert(1)> not today');
    } else {
      const code = randomUUID();
      this.codes.set(code, { challenge: asked.get('code_challenge') ?? '', nonce: asked.get('nonce') ?? '', redirect });
      back.searchParams.set('code', code);
    }
    answer.writeHead(302, { location: back.href }).end();
  }

  private exchange(form: URLSearchParams, json: (status: number, body: object) => void): void {
    const code = this.codes.get(form.get('code') ?? '');
    this.codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
    const good =
      code !== undefined &&
      form.get('grant_type') === 'authorization_code' &&
      form.get('client_id') === this.clientId &&
      form.get('redirect_uri') === code.redirect &&
      challenge === code.challenge;
    if (!good) return json(400, { error: 'invalid_grant' });
    json(200, { access_token: 'unused', token_type: 'Bearer', id_token: this.token(code.nonce) });
  }

  private token(nonce: string): string {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: this.issuer,
      aud: this.misdeed === 'another audience' ? 'other' : this.clientId,
      exp: this.misdeed === 'expired' ? now - 3_600 : now + 300,
      iat: now,
      nonce: this.misdeed === 'another nonce' ? randomUUID() : nonce,
      ...this.claims,
    };
    const alg = this.misdeed === 'alg none' ? 'none' : this.misdeed === 'secret' ? 'HS256' : 'RS256';
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
    const { pair } = this.misdeed === 'another key' ? makeKey() : this.key;
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
