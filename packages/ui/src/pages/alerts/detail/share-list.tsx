/** Of which organisations, models or releases the traces are, beside how it was before. */
import { Paper, Stack, Text, Title } from '@mantine/core'
import type { ReactElement } from 'react'
import { EstimateBadge } from '../../../components/estimate-badge.tsx'
import { ShareBar } from '../../../components/share-bar.tsx'
import { formatValue } from '../../../lib/format.ts'
import type { Evidence } from '../alert-queries.ts'
import classes from './detail.module.css'

export interface ShareListProps {
  title: string
  shares: Evidence['orgs']
}

export function ShareList({ title, shares }: ShareListProps): ReactElement {
  return (
    <Paper component="section" className={classes['card'] ?? ''} aria-label={title}>
      <Title order={2} fz="sm" mb={6}>
        {`${title} `}
        <EstimateBadge />
      </Title>
      {shares.length === 0 ? (
        <Text size="sm" c="dimmed">
          Not stated by the kept traces.
        </Text>
      ) : (
        <Stack gap={6} component="ul" m={0} p={0} style={{ listStyle: 'none' }} aria-label={title}>
          {shares.map(({ value, share, share_before: before }) => (
            <li key={value} className={classes['share']}>
              <span className={classes['shareName']} title={value.slice(0, 200)}>
                {value === '' ? 'not stated' : value}
              </span>
              <span className={classes['number']}>{formatValue(share, 'ratio')}</span>
              <Text span size="xs" c="dimmed">
                {beforeWords(before)}
              </Text>
              <div className={classes['shareBar']}>
                <ShareBar share={share} />
              </div>
            </li>
          ))}
        </Stack>
      )}
    </Paper>
  )
}

function beforeWords(before: number | null): string {
  if (before === null) return 'unknown before'
  return before === 0 ? 'new' : `before ${formatValue(before, 'ratio')}`
}
