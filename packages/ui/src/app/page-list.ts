/** What the pages are, without how they look: tests and pictures take their pages from here too. */

export interface PageFacts {
  /** Where it lies, and what links lead to. */
  href: string
  /** Pattern of the route, where it has parts that vary: '/traces/{-$id}'. @default href */
  path?: string
  title: string
  /** What one finds there: shown in the command palette. */
  summary: string
  /** After `g` it opens the page. Each letter belongs to one page. */
  letter: string
  /** What of the header has an effect on it, and is shown. */
  controls: readonly ('service' | 'environment' | 'time' | 'compare' | 'refresh')[]
}

/** In the order of the navigation. */
export const PAGE_LIST = [
  {
    href: '/',
    title: 'Overview',
    summary: 'Requests, latency, retrieval, cost and errors at a glance',
    letter: 'o',
    controls: ['service', 'time', 'compare', 'refresh'],
  },
  {
    href: '/traces',
    path: '/traces/{-$id}',
    title: 'Traces',
    summary: 'Find single requests, and look into one',
    letter: 't',
    controls: ['service', 'environment', 'time', 'refresh'],
  },
  {
    href: '/retrieval',
    title: 'Retrieval',
    summary: 'How well documents are found, what they do not answer, which are of no use',
    letter: 'r',
    controls: ['service', 'environment', 'time', 'compare', 'refresh'],
  },
  {
    href: '/costs',
    title: 'Costs',
    summary: 'Money by organisation, model, endpoint, day and month; CSV',
    letter: 'c',
    controls: ['service', 'environment'],
  },
  {
    href: '/errors',
    title: 'Errors',
    summary: 'What fails, since when, how often, with examples',
    letter: 'e',
    controls: ['service', 'time', 'compare', 'refresh'],
  },
  {
    href: '/alerts',
    path: '/alerts/{-$id}',
    title: 'Alerts',
    summary: 'What fires and why, its history, silences, who was told',
    letter: 'a',
    // Its range is on the tab of its history: nothing else has one.
    controls: ['service', 'refresh'],
  },
  {
    href: '/slos',
    title: 'SLOs',
    summary: 'Objectives, what is left of their error budgets, how fast it is spent',
    letter: 's',
    controls: ['service'],
  },
  {
    href: '/delivery',
    title: 'Delivery',
    summary: 'Whether what was sent has arrived: the daemon, its database, its clients',
    letter: 'd',
    controls: ['service', 'time', 'compare', 'refresh'],
  },
  {
    href: '/setup',
    title: 'Set-up',
    summary: 'Send the first trace: snippets, and a test',
    letter: 'u',
    controls: [],
  },
] as const satisfies readonly PageFacts[]

export type PageHref = (typeof PAGE_LIST)[number]['href']
