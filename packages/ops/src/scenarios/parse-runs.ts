/** The values of a series in short: `5*20 now keep*30 _*2` or, of a histogram, `19@0.3+1@6*10`. */
import type { MinuteValue, Observations, Run, SeriesType } from './scenario.ts'

const RUN = /^(?<value>[^*\s]+)(?:\*(?<minutes>[1-9]\d{0,5}))?$/

function numberOf(text: string): number {
  const number = Number(text)
  if (text === '' || !Number.isFinite(number)) throw new Error(`"${text}" is no number`)
  return number
}

function observationsOf(text: string): Observations {
  const [times = '', value = ''] = text.split('@')
  const count = numberOf(times)
  if (!Number.isInteger(count) || count < 0) throw new Error(`"${times}" is no number of observations`)
  return { times: count, value: numberOf(value) }
}

function valueOf(text: string, type: SeriesType): MinuteValue {
  if (text === '_') return { kind: 'missing' }
  if (type === 'histogram') {
    const parts = text === '0' ? [] : text.split('+').map(observationsOf)
    return { kind: 'observations', observations: parts }
  }
  if (type === 'gauge' && text === 'now') return { kind: 'now' }
  if (type === 'gauge' && text === 'keep') return { kind: 'keep' }
  const number = numberOf(text)
  if (type === 'counter' && number < 0) throw new Error(`"${text}": a counter never goes down`)
  return { kind: 'number', number }
}

/** @throws Error that says which part is wrong */
export function parseRuns(text: string, type: SeriesType): readonly Run[] {
  return text
    .trim()
    .split(/\s+/)
    .map((part) => {
      const { value, minutes = '1' } = RUN.exec(part)?.groups ?? {}
      if (value === undefined) throw new Error(`"${part}" is no run: write a value, or VALUE*MINUTES`)
      return { value: valueOf(value, type), minutes: Number(minutes) }
    })
}
