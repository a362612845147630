/** The body of every refusal: `{"error": {"code", "message", "hint", "path"?}}`. */
import { HTTP_ERRORS, RagmeterError } from '@ragmeter/core'

/** A parameter of a request is wrong. */
export class ParameterError extends RagmeterError {
  /** Name of the parameter. */
  readonly path: string

  constructor(path: string, message: string, hint?: string) {
    super('invalid_request', message, hint === undefined ? {} : { hint })
    this.path = path
  }
}

export function errorBody(error: RagmeterError): object {
  const { code, message, hint } = error
  const path = error instanceof ParameterError ? error.path : undefined
  return { error: { code, message, hint, ...(path === undefined ? {} : { path }) } }
}

/** JSON Schema of `errorBody`. */
export const ERROR_SCHEMA = {
  type: 'object',
  required: ['error'],
  additionalProperties: false,
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'hint'],
      additionalProperties: false,
      properties: {
        code: {
          type: 'string',
          enum: Object.keys(HTTP_ERRORS),
          description: 'See docs/reference/errors.md.',
        },
        message: { type: 'string', description: 'What is wrong, where, and what was there.' },
        hint: { type: 'string', description: 'What to do now.' },
        path: { type: 'string', description: 'The parameter that is wrong.' },
      },
    },
  },
} as const
