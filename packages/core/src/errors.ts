/** The error catalogue: every code a client can meet, what it means and what to do. docs/reference/errors.md is checked against it. */

/** Codes of issues with one item of a batch. */
export const ISSUES = {
  not_an_object: 'Send a JSON object.',
  missing: 'This field is required.',
  wrong_type: 'Send the stated type.',
  not_finite:
    'Send a finite number; NaN and Infinity are not measurements. Leave the field out if the value is unknown.',
  out_of_range: 'Check the unit and the sign of the value.',
  not_in_enum: 'Use one of the listed values.',
  too_long: 'The value was cut to the limit.',
  too_many: 'Items over the limit were left out.',
  timestamp_invalid: 'Send ISO 8601 with an offset, or epoch milliseconds.',
  timestamp_without_offset: 'Taken as UTC. Add an offset such as `Z`.',
  timestamp_future: "Set the sender's clock: the start lies in the future.",
  timestamp_too_old:
    'Older than the retention of the daemon: raise `--retention`, or send traces while they are fresh.',
  unknown_metric: 'Use a metric of the catalogue (docs/reference/metrics.md).',
  unknown_label: 'Use the labels of the metric (docs/reference/metrics.md).',
  id_missing: 'Name the request by `id` or `trace_id`.',
} as const
export type IssueCode = keyof typeof ISSUES

/** Codes of a response that refuses a whole request. */
export const HTTP_ERRORS = {
  invalid_json: { status: 400, hint: 'Send one JSON object: {"traces": [...]}.' },
  invalid_request: {
    status: 400,
    hint: 'See the message, and the OpenAPI document at /api/v1/openapi.json.',
  },
  body_incomplete: {
    status: 400,
    hint: 'The connection ended before the stated length: send the whole body.',
  },
  body_corrupt: { status: 400, hint: 'The body does not decompress: check Content-Encoding.' },
  unauthorized: {
    status: 401,
    hint: 'Send `Authorization: Bearer <token>` with the token the daemon was started with.',
  },
  forbidden_host: {
    status: 403,
    hint: 'Use the address the daemon listens on, or start it with --host and --token.',
  },
  forbidden_origin: { status: 403, hint: 'A web page of another origin may not talk to the daemon.' },
  not_found: { status: 404, hint: 'See the routes at /api/v1/openapi.json.' },
  trace_not_found: { status: 404, hint: 'The trace was not sampled, or is older than the retention.' },
  method_not_allowed: { status: 405, hint: 'See the `Allow` header.' },
  timeout: { status: 408, hint: 'Send headers and body faster, or in smaller batches.' },
  body_too_large: { status: 413, hint: 'Send smaller batches.' },
  unsupported_encoding: { status: 415, hint: 'Use Content-Encoding gzip, deflate, br or identity.' },
  unsupported_media_type: { status: 415, hint: 'Send application/json.' },
  query_too_expensive: { status: 422, hint: 'Ask for a shorter range, a larger step or fewer series.' },
  too_many_attempts: { status: 429, hint: 'Wait for Retry-After seconds, then send the right token.' },
  internal: { status: 500, hint: 'See the log of the daemon.' },
  overloaded: { status: 503, hint: 'The daemon is busy: send again after Retry-After seconds.' },
  storage_unavailable: {
    status: 503,
    hint: 'The daemon cannot write: see GET /health. Send again after Retry-After seconds.',
  },
  stopping: { status: 503, hint: 'The daemon is stopping: send again after Retry-After seconds.' },
  query_timeout: { status: 504, hint: 'Ask for a shorter range or a narrower filter.' },
} as const
export type HttpErrorCode = keyof typeof HTTP_ERRORS

/** An error that a client sees. `message` says what, where and what was there; `hint` says what to do now. */
export class RagmeterError extends Error {
  override readonly name = 'RagmeterError'
  readonly code: HttpErrorCode
  readonly status: number
  readonly hint: string
  /** Seconds after which to send again; only where a retry helps. */
  readonly retryAfterSeconds: number | undefined

  constructor(
    code: HttpErrorCode,
    message: string,
    options: { hint?: string; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.status = HTTP_ERRORS[code].status
    this.hint = options.hint ?? HTTP_ERRORS[code].hint
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}
