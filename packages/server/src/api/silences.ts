/** /api/v1/silences: alerts that notify nobody for a while. */
import { array, boolean, epochMs, object, oneOf, optional, string } from '../lib/json-schema.ts'
import type { StoredSilence } from '../store/store.ts'
import { route } from './route.ts'

const MATCHERS = array(
  object({
    name: string('Label that alerts have, such as service or alertname; another one is refused.'),
    value: string('Exact value; a label that an alert does not have is the empty text.'),
    is_equal: optional(boolean('false: the label must not have this value. True if it is left out.')),
  }),
  'All of them must hold.',
)

const SILENCE_FIELDS = {
  id: string(),
  state: oneOf(['pending', 'active', 'expired']),
  matchers: MATCHERS,
  starts_at: epochMs('From then on.'),
  ends_at: epochMs('Until then.'),
  author: string(),
  comment: string('Why.'),
  created_at: epochMs('When it was made.'),
}

const SILENCE_SCHEMA = object(SILENCE_FIELDS)

export const silencesRoute = route({
  url: '/api/v1/silences',
  operationId: 'listSilences',
  tag: 'alerts',
  summary: 'Silences, the expired of the last 30 days among them',
  parameters: {},
  responses: {
    200: { description: 'The silences.', schema: object({ silences: array(SILENCE_SCHEMA) }) },
  },
  answer: (_, { alerting }) =>
    Promise.resolve({
      silences: alerting.silenceList().map(({ silence, state }) => answerOf(silence, state)),
    }),
})

export const createSilenceRoute = route({
  method: 'POST',
  url: '/api/v1/silences',
  operationId: 'createSilence',
  tag: 'alerts',
  summary: 'Silence alerts for a while',
  description: 'They fire and are shown all the same. At most 90 days, and 500 silences at a time.',
  parameters: {},
  body: object({
    matchers: MATCHERS,
    starts_at: optional({
      type: ['number', 'string'],
      description: 'Epoch milliseconds or ISO 8601; now if it is left out.',
    }),
    ends_at: { type: ['number', 'string'], description: 'Epoch milliseconds or ISO 8601.' },
    author: string('Who.'),
    comment: string('Why.'),
  }),
  responses: { 200: { description: 'The silence.', schema: SILENCE_SCHEMA } },
  answer: async (_, { alerting, now }, __, body) => {
    const silence = await alerting.createSilence(body)
    return answerOf(silence, silence.startsAt <= now() ? 'active' : 'pending')
  },
})

export const expireSilenceRoute = route({
  method: 'DELETE',
  url: '/api/v1/silences/:id',
  operationId: 'expireSilence',
  tag: 'alerts',
  summary: 'End a silence now',
  path: { id: 'Id of the silence.' },
  parameters: {},
  responses: { 200: { description: 'The silence as it is now.', schema: SILENCE_SCHEMA } },
  answer: async (_, { alerting }, { id = '' }) => answerOf(await alerting.expireSilence(id), 'expired'),
})

function answerOf(silence: StoredSilence, state: 'pending' | 'active' | 'expired'): object {
  const { id, matchers, startsAt, endsAt, author, comment, createdAt } = silence
  return {
    id,
    state,
    matchers: matchers.map(({ name, value, isEqual }) => ({ name, value, is_equal: isEqual })),
    starts_at: startsAt,
    ends_at: endsAt,
    author,
    comment,
    created_at: createdAt,
  }
}
