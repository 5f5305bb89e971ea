import {
  activityInput,
  activityList,
  apiKey,
  apiKeyAnswer,
  apiKeyInput,
  apiKeyListInput,
  apiKeyPage,
  apiKeyWithSecret,
  createApiKeyInput,
  rotateApiKeyInput,
  sourceList,
  suggestion,
  updateApiKeyInput,
  usage,
  usageInput,
  verifiedApiKey,
  verifyApiKeyInput,
} from '@latchkey/schemas';

import type { Rpc } from '../rpc/index.ts';
import type { ApiKeys } from './service.ts';

/** A key can't make or change keys, itself included [B28]. */
const NOT_BY_KEY = { credentials: ['session', 'access_token'] } as const;

export function apiKeysRouter(rpc: Rpc, apiKeys: ApiKeys) {
  return rpc.router({
    create: rpc
      .permitted('api_keys:write', NOT_BY_KEY)
      .meta({ rest: { method: 'POST', path: '/api-keys', status: 201 } })
      .input(createApiKeyInput)
      .output(apiKeyWithSecret)
      .mutation(({ ctx, input }) => apiKeys.create(ctx.actor, input)),
    list: rpc
      .permitted('api_keys:read')
      .meta({ rest: { method: 'GET', path: '/api-keys', status: 200 } })
      .input(apiKeyListInput)
      .output(apiKeyPage)
      .query(({ ctx, input }) => apiKeys.list(ctx.actor, input)),
    get: rpc
      .permitted('api_keys:read')
      .meta({ rest: { method: 'GET', path: '/api-keys/{id}', status: 200 } })
      .input(apiKeyInput)
      .output(apiKey)
      .query(({ ctx, input }) => apiKeys.get(ctx.actor, input.id)),
    update: rpc
      .permitted('api_keys:write', NOT_BY_KEY)
      .meta({ rest: { method: 'PATCH', path: '/api-keys/{id}', status: 200 } })
      .input(updateApiKeyInput)
      .output(apiKeyAnswer)
      .mutation(({ ctx, input: { id, ...change } }) => apiKeys.update(ctx.actor, id, change)),
    rotate: rpc
      .permitted('api_keys:write', NOT_BY_KEY)
      .meta({ rest: { method: 'POST', path: '/api-keys/{id}/rotate', status: 200 } })
      .input(rotateApiKeyInput)
      .output(apiKeyWithSecret)
      .mutation(({ ctx, input }) => apiKeys.rotate(ctx.actor, input.id, input.graceSeconds)),
    revoke: rpc
      .permitted('api_keys:write', NOT_BY_KEY)
      .meta({ rest: { method: 'POST', path: '/api-keys/{id}/revoke', status: 200 } })
      .input(apiKeyInput)
      .output(apiKeyAnswer)
      .mutation(({ ctx, input }) => apiKeys.revoke(ctx.actor, input.id)),
    usage: rpc
      .permitted('api_keys:read')
      .meta({ rest: { method: 'GET', path: '/api-keys/{id}/usage', status: 200 } })
      .input(usageInput)
      .output(usage)
      .query(({ ctx, input }) => apiKeys.usage(ctx.actor, input.id, input.range)),
    sources: rpc
      .permitted('api_keys:read')
      .meta({ rest: { method: 'GET', path: '/api-keys/{id}/sources', status: 200 } })
      .input(apiKeyInput)
      .output(sourceList)
      .query(({ ctx, input }) => apiKeys.sources(ctx.actor, input.id)),
    suggestion: rpc
      .permitted('api_keys:read')
      .meta({ rest: { method: 'GET', path: '/api-keys/{id}/suggestion', status: 200 } })
      .input(apiKeyInput)
      .output(suggestion)
      .query(({ ctx, input }) => apiKeys.suggestion(ctx.actor, input.id)),
    activity: rpc
      .permitted('api_keys:read')
      .input(activityInput)
      .output(activityList)
      .query(({ ctx, input }) => apiKeys.activity(ctx.actor, input.ids)),
    verify: rpc
      .permitted('api_keys:verify')
      .meta({ rest: { method: 'POST', path: '/api-keys/verify', status: 200 } })
      .input(verifyApiKeyInput)
      .output(verifiedApiKey)
      .mutation(({ ctx, input }) => apiKeys.verify(ctx.actor, input)),
  });
}
