import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { noInput } from '@latchkey/schemas';
import { openTestServer, proceduresOf, type TestServer } from '@latchkey/testkit';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { describeGuards } from '../rpc/index.ts';
import { openApiDocument } from './document.ts';

type Media = { schema: object; example?: unknown; examples?: Record<string, { $ref: string }> };
type Operation = {
  operationId: string;
  summary: string;
  tags: string[];
  security: Record<string, string[]>[];
  parameters?: { name: string; in: string; schema: object; example: unknown }[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { headers?: object; content?: Record<string, Media> }>;
  'x-latchkey-guard': { procedure: string; rung: string };
};
type Document = {
  openapi: string;
  servers: { url: string }[];
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; examples: Record<string, { value: unknown }> };
};

let server: TestServer;
let document: Document;
let operations: (Operation & { method: string; path: string })[];
beforeAll(async () => {
  server = await openTestServer({ environment: { LATCHKEY_URL: 'https://id.latchkey.test' } });
  document = openApiDocument(server.router, 'https://id.latchkey.test') as Document;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method, path })),
  );
});
afterAll(() => server.close());

describe('the document', () => {
  it('is valid OpenAPI 3.1, by a validator that is not ours', () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-openapi-'));
    writeFileSync(join(folder, 'openapi.json'), JSON.stringify(document));
    writeFileSync(join(folder, 'redocly.yaml'), 'extends: [recommended-strict]\n');
    const redocly = createRequire(import.meta.url).resolve('@redocly/cli/bin/cli.js');
    const { status, stdout, stderr } = spawnSync(process.execPath, [redocly, 'lint', 'openapi.json'], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    });
    rmSync(folder, { recursive: true });
    expect([status, status === 0 ? '' : stdout + stderr]).toEqual([0, '']);
  }, 60_000);

  it('has every procedure on REST once, by its path, with a sentence and a chapter', () => {
    const onRest = proceduresOf(server.router).filter(({ rest }) => rest !== null);
    expect(operations.map(({ operationId }) => operationId).toSorted()).toEqual(
      onRest.map(({ path }) => path).toSorted(),
    );
    const chapters = new Set(document.tags.map(({ name }) => name));
    for (const { summary, tags } of operations) {
      expect(summary).toMatch(/^[A-Z][^.]+[^.\s]$/);
      expect(chapters.has(tags[0] ?? '')).toBe(true);
    }
    expect(new Set(operations.map(({ summary }) => summary)).size).toBe(operations.length);
  });

  it('has a sentence for each field', () => {
    const wordless: string[] = [];
    const walk = (value: unknown, place: string) => {
      if (typeof value !== 'object' || value === null) return;
      const { properties = {}, ...rest } = value as { properties?: Record<string, { description?: string }> };
      for (const [name, field] of Object.entries(properties)) {
        if (!field.description) wordless.push(`${place}.${name}`);
      }
      for (const [name, inner] of Object.entries({ ...rest, ...properties })) walk(inner, `${place}.${name}`);
    };
    walk(document.components.schemas, 'schemas');
    for (const { operationId, requestBody, parameters = [] } of operations) {
      walk(requestBody, operationId);
      walk({ properties: Object.fromEntries(parameters.map((each) => [each.name, each])) }, operationId);
    }
    expect(wordless).toEqual([]);
  });

  it('says of each operation what its guard demands', () => {
    const guards = new Map(describeGuards(server.router).map((guard) => [guard.procedure, guard]));
    for (const operation of operations) {
      const guard = guards.get(operation.operationId);
      expect(operation['x-latchkey-guard']).toEqual(guard);
      const schemes = new Set(operation.security.flatMap((each) => Object.keys(each)));
      const accepts = (kind: 'session' | 'access_token' | 'api_key') => guard?.credentials.includes(kind) ?? false;
      expect([operation.operationId, ...['session', 'accessToken', 'apiKey'].map((each) => schemes.has(each))]).toEqual(
        [operation.operationId, accepts('session'), accepts('access_token'), accepts('api_key')],
      );
      expect(schemes.has('apiKeyQuery')).toBe(accepts('api_key') && operation.method === 'get');
      const scopes = new Set(operation.security.flatMap((each) => Object.values(each).flat()));
      expect([...scopes]).toEqual(guard?.rung === 'permitted' ? [guard.demands] : []);
    }
  });

  it('has examples that its own schemas take', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(document, 'openapi');
    const pointer = (parts: readonly (string | number)[]) =>
      parts.map((part) => encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
    const faults = (parts: readonly (string | number)[], value: unknown) =>
      ajv.validate({ $ref: `openapi#/${pointer([...parts, 'schema'])}` }, value) ? [] : [value, ajv.errors];
    for (const { operationId, path, method, parameters = [], requestBody, responses } of operations) {
      const place = ['paths', path, method];
      const bodies = [
        { at: [...place, 'requestBody', 'content'], content: requestBody?.content ?? {} },
        ...Object.entries(responses).map(([status, { content = {} }]) => ({
          at: [...place, 'responses', status, 'content'],
          content,
        })),
      ];
      const found = [
        ...parameters.flatMap(({ example }, index) => faults([...place, 'parameters', index], example)),
        ...bodies.flatMap(({ at, content }) =>
          Object.entries(content).flatMap(([type, { example, examples = {} }]) => [
            ...(example === undefined ? [] : faults([...at, type], example)),
            ...Object.keys(examples).flatMap((code) =>
              faults([...at, type], document.components.examples[code]?.value),
            ),
          ]),
        ),
      ];
      expect([operationId, ...found]).toEqual([operationId]);
    }
  });

  it('names its own server, and is sent again only when it changed', async () => {
    expect(document.servers).toEqual([{ url: 'https://id.latchkey.test/api/v1' }]);
    const local = await openTestServer();
    const { status, headers } = await local.stranger().rest('GET', '/openapi.json');
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([200, 'application/json', 'no-cache']);
    const again = await local
      .stranger()
      .rest('GET', '/openapi.json', undefined, { 'if-none-match': String(headers['etag']) });
    expect([again.status, again.body]).toEqual([304, '']);
    await local.close();
  });

  it('does not go out where a procedure and its words do not agree', () => {
    const { rpc } = server;
    const list = rpc.open.input(noInput).query(() => 1);
    const unknown = rpc.router({ things: rpc.router({ list }) });
    expect(() => openApiDocument(unknown, 'https://id.latchkey.test')).toThrow(
      "things.list and its line in openapi/operations.ts don't agree",
    );
  });
});
