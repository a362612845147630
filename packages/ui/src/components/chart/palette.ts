/** Colours of charts: told apart by people who are colour-blind, with a contrast of 3 : 1 to the ground in both schemes. */

export type Tone = 'good' | 'bad' | 'warn' | 'neutral' | 'aside'
export type Scheme = 'light' | 'dark'

/** After Okabe and Ito, darker on white and lighter on black. */
const SERIES: Readonly<Record<Scheme, readonly string[]>> = {
  light: ['#3f5fd6', '#d2691e', '#0f8f7d', '#a63a86', '#2f9bd0', '#8a7410', '#7d55c7', '#c0392b', '#6b7280'],
  dark: ['#7d97f5', '#f0a04b', '#45cbb3', '#e08ac6', '#6cc7f2', '#d6c04a', '#b3a2f7', '#ff8f7d', '#9aa4b5'],
}

const TONES: Readonly<Record<Scheme, Readonly<Record<Tone, string>>>> = {
  light: { good: '#0f8f7d', bad: '#c9341c', warn: '#d2791e', neutral: '#7b8595', aside: '#5d4bb3' },
  dark: { good: '#45cbb3', bad: '#ff7d66', warn: '#f0a04b', neutral: '#9aa4b5', aside: '#b3a2f7' },
}

export interface Ink {
  text: string
  muted: string
  line: string
  ground: string
  /** From few to many. */
  heat: readonly string[]
}

export const INKS: Readonly<Record<Scheme, Ink>> = {
  light: {
    text: '#1b2431',
    muted: '#667085',
    line: '#e6e9ef',
    ground: '#ffffff',
    heat: ['#e3e9fb', '#b4c3f3', '#7f97e6', '#4a66d2', '#263f9e', '#14246a'],
  },
  dark: {
    text: '#d5dae3',
    muted: '#98a2b3',
    line: '#2b3342',
    ground: '#171c27',
    heat: ['#1f2a4a', '#2c4080', '#3f5fc0', '#6486e8', '#9db4f7', '#dbe4ff'],
  },
}

export function colourOf(index: number, tone: Tone | undefined, scheme: Scheme): string {
  const series = SERIES[scheme]
  return tone === undefined ? (series[index % series.length] ?? '#888888') : TONES[scheme][tone]
}
