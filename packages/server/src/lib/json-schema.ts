/** The few forms of JSON Schema that the answers are made of. Every field that is not optional is required. */

export interface Schema {
  readonly [keyword: string]: unknown
}

const OPTIONAL = Symbol('optional')

interface OptionalSchema extends Schema {
  readonly [OPTIONAL]: true
}

export function object(properties: Readonly<Record<string, Schema>>, description?: string): Schema {
  const required = Object.keys(properties).filter((name) => !isOptional(properties[name]))
  return {
    type: 'object',
    ...(description === undefined ? {} : { description }),
    ...(required.length === 0 ? {} : { required }),
    properties,
  }
}

export function optional(schema: Schema): OptionalSchema {
  // Spread into JSON a symbol key vanishes, so that the document is not touched by it.
  return { ...schema, [OPTIONAL]: true }
}

function isOptional(schema: Schema | undefined): boolean {
  return schema !== undefined && OPTIONAL in schema
}

export function nullable(schema: Schema): Schema {
  const { type, ...rest } = schema
  // An enum would have to list null as well.
  return typeof type === 'string' && !('enum' in schema)
    ? { type: [type, 'null'], ...rest }
    : { anyOf: [schema, { type: 'null' }] }
}

export function array(items: Schema, description?: string): Schema {
  return { type: 'array', ...(description === undefined ? {} : { description }), items }
}

/** An object whose keys are not known beforehand. */
export function map(values: Schema, description?: string): Schema {
  return {
    type: 'object',
    ...(description === undefined ? {} : { description }),
    additionalProperties: values,
  }
}

export function string(description?: string): Schema {
  return { type: 'string', ...(description === undefined ? {} : { description }) }
}

export function oneOf(values: readonly string[], description?: string): Schema {
  return { type: 'string', ...(description === undefined ? {} : { description }), enum: values }
}

export function decimal(description?: string): Schema {
  return { type: 'number', ...(description === undefined ? {} : { description }) }
}

export function whole(description?: string): Schema {
  return { type: 'integer', ...(description === undefined ? {} : { description }) }
}

export function boolean(description?: string): Schema {
  return { type: 'boolean', ...(description === undefined ? {} : { description }) }
}

/** A moment. */
export function epochMs(description: string): Schema {
  return { type: 'number', description: `${description} Epoch milliseconds.` }
}
