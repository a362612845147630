/** How many documents were left after each step, and what became of each. */
import { Box, Button, Text } from '@mantine/core'
import {
  IconArrowDown,
  IconArrowUp,
  IconCheck,
  IconMinus,
  IconQuestionMark,
  IconQuote,
} from '@tabler/icons-react'
import type { TablerIcon } from '@tabler/icons-react'
import { Fragment, useState } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { formatValue, UNKNOWN } from '../../../lib/format.ts'
import type { Trace } from '../trace-types.ts'
import classes from './funnel.module.css'
import type { Fate, Funnel, FunnelDocument, FunnelStep } from './funnel.ts'

const SHOWN_FIRST = 12

export function FunnelView({ funnel, rerank }: { funnel: Funnel; rerank: Trace['rerank'] }): ReactElement {
  const [isWhole, setWhole] = useState(false)
  const { steps, documents, omitted } = funnel
  const shown = isWhole ? documents : documents.slice(0, SHOWN_FIRST)
  return (
    <div>
      <Steps steps={steps} />
      {rerank?.displacement !== undefined && (
        <Text size="xs" c="dimmed" mt={6}>
          The reranker moved documents by {formatValue(rerank.displacement, 'ranks')} ranks on average.
        </Text>
      )}
      {documents.length > 0 && <Documents documents={shown} />}
      {documents.length > shown.length && (
        <Button variant="subtle" size="compact-xs" mt={6} onClick={() => setWhole(true)}>
          Show all {documents.length} documents
        </Button>
      )}
      {omitted > 0 && (
        <Text size="xs" c="dimmed" mt={6}>
          {documents.length === 0
            ? 'The trace does not say which documents these were.'
            : `${omitted} more were found and are not in the trace.`}
        </Text>
      )}
    </div>
  )
}

function Steps({ steps }: { steps: readonly FunnelStep[] }): ReactElement {
  const most = Math.max(1, ...steps.map(({ count = 0 }) => count))
  return (
    <ol className={classes['steps']}>
      {steps.map(({ name, count, detail }) => (
        <li key={name} className={classes['step']}>
          <span className={classes['stepName']}>{name}</span>
          <b className={classes['count']} data-zero={count === 0 || undefined}>
            {count ?? UNKNOWN}
          </b>
          <span className={classes['level']} aria-hidden>
            <span
              data-unknown={count === undefined || undefined}
              style={{ transform: `scaleX(${count === undefined ? 1 : count / most})` }}
            />
          </span>
          <span className={classes['detail']}>{detail}</span>
        </li>
      ))}
    </ol>
  )
}

function Documents({ documents }: { documents: readonly FunnelDocument[] }): ReactElement {
  const hasRanks = documents.some(({ rank }) => rank !== undefined)
  const hasRerankScores = documents.some(({ rerankScore }) => rerankScore !== undefined)
  return (
    <Box className={classes['scroll'] ?? ''} tabIndex={0} role="region" aria-label="Documents">
      <table className={classes['documents']}>
        <thead>
          <tr>
            <th scope="col">#</th>
            <th scope="col">Document</th>
            <th scope="col" data-number>
              Score
            </th>
            {hasRanks && <th scope="col">Reranked to</th>}
            {hasRerankScores && (
              <th scope="col" data-number>
                Rerank score
              </th>
            )}
            <th scope="col">What became of it</th>
          </tr>
        </thead>
        <tbody>
          {documents.map((document) => (
            <tr key={document.position} data-fate={document.fate}>
              <td className={classes['position']}>{document.position}</td>
              <td className={classes['id']} title={document.id}>
                {document.id === undefined ? UNKNOWN : breakable(document.id)}
              </td>
              <td data-number data-label="Score">
                {score(document.score)}
              </td>
              {hasRanks && (
                <td data-label="Reranked to">
                  <Movement document={document} />
                </td>
              )}
              {hasRerankScores && (
                <td data-number data-label="Rerank score">
                  {score(document.rerankScore)}
                </td>
              )}
              <td className={classes['outcome']}>
                <span className={classes['fate']}>
                  <FateIcon fate={document.fate} />
                  {document.reason}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Box>
  )
}

/** Ids are paths and addresses: they break where their parts meet, before they break within a word. */
function breakable(id: string): ReactNode {
  const parts = id.split(/(?<=[/#_?&=.-])/)
  // A text of nothing but separators would become as many elements.
  if (parts.length > 40) return id
  return parts.map((part, index) => (
    <Fragment key={index}>
      {part}
      <wbr />
    </Fragment>
  ))
}

function score(value: number | undefined): string {
  return value === undefined ? UNKNOWN : String(Number(value.toPrecision(3)))
}

function Movement({ document: { rank, movement } }: { document: FunnelDocument }): ReactElement {
  if (rank === undefined || movement === undefined) return <>{UNKNOWN}</>
  const moved = Math.abs(movement)
  return (
    <span className={classes['movement']}>
      {rank}
      {moved === 0 ? (
        <span className={classes['still']}>unmoved</span>
      ) : (
        <span data-up={movement > 0 || undefined} className={classes['moved']}>
          {movement > 0 ? (
            <IconArrowUp size={12} aria-label="up" />
          ) : (
            <IconArrowDown size={12} aria-label="down" />
          )}
          {moved}
        </span>
      )}
    </span>
  )
}

const FATE_ICONS: Readonly<Record<Fate, TablerIcon>> = {
  cited: IconQuote,
  kept: IconCheck,
  lost: IconMinus,
  unknown: IconQuestionMark,
}

function FateIcon({ fate }: { fate: Fate }): ReactElement {
  const Icon = FATE_ICONS[fate]
  return <Icon size={14} aria-hidden />
}
