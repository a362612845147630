/** Each objective of each service; one of them open, with its burn rates and its budget over the last days. */
import { Table, Text, UnstyledButton } from '@mantine/core'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { Fragment } from 'react'
import type { ReactElement } from 'react'
import { ShareBar } from '../../components/share-bar.tsx'
import { formatValue } from '../../lib/format.ts'
import { useSearchText, useSetSearch } from '../../lib/url-state.ts'
import { paceOf, rateOf, rateText, rateTone } from './pace.ts'
import { SloDetails } from './slo-details.tsx'
import type { Slo } from './slo-queries.ts'
import classes from './slos.module.css'

const COLUMNS = 7
/** Of the parameter `open`: none of them. */
const NONE = 'none'

export function SloTable({ slos }: { slos: readonly Slo[] }): ReactElement {
  const given = (useSearchText() as Partial<Record<string, string>>)['open']
  const setSearch = useSetSearch()
  const [first] = slos
  // The one that is worst off is open by itself.
  const open = given ?? (first === undefined ? NONE : keyOf(first))
  return (
    <Table.ScrollContainer minWidth={0} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table verticalSpacing={6} horizontalSpacing="sm" aria-label="Objectives">
        <Table.Thead>
          <Table.Tr>
            <Table.Th className={classes['objective'] ?? ''}>Objective</Table.Th>
            <Table.Th className={classes['left'] ?? ''}>Budget left</Table.Th>
            <Table.Th className={classes['wide'] ?? ''}>Service</Table.Th>
            <Table.Th className={`${classes['number']} ${classes['wide']}`}>Promised</Table.Th>
            <Table.Th className={`${classes['number']} ${classes['wide']}`}>Kept</Table.Th>
            <Table.Th className={classes['rate'] ?? ''} title="1 spends the budget exactly within its window">
              Burn, last hour
            </Table.Th>
            <Table.Th className={classes['words'] ?? ''}>In words</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {slos.map((slo) => {
            const key = keyOf(slo)
            return (
              <Fragment key={key}>
                <Row
                  slo={slo}
                  isOpen={open === key}
                  onToggle={() => setSearch({ open: open === key ? NONE : key })}
                />
                {open === key && (
                  <Table.Tr className={classes['details'] ?? ''}>
                    <Table.Td colSpan={COLUMNS}>
                      <SloDetails slo={slo} />
                    </Table.Td>
                  </Table.Tr>
                )}
              </Fragment>
            )
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function keyOf({ name, service }: Slo): string {
  return `${name}/${service}`
}

function Row({ slo, isOpen, onToggle }: { slo: Slo; isOpen: boolean; onToggle: () => void }): ReactElement {
  const { name, description, service, target, sli, window_days: days, error_budget_remaining: left } = slo
  const { covered_days: covered } = slo
  const pace = paceOf(slo)
  const serviceText = service === '' ? 'not stated' : service
  const hour = rateOf(slo, 60) ?? null
  const Chevron = isOpen ? IconChevronDown : IconChevronRight
  return (
    <Table.Tr data-slo={name} data-service={service.slice(0, 80)}>
      <Table.Th scope="row" fw={400}>
        <UnstyledButton className={classes['name'] ?? ''} aria-expanded={isOpen} onClick={onToggle}>
          <Chevron size={14} aria-hidden className={classes['chevron']} />
          <span>
            <Text span size="sm" fw={600}>
              {name}
            </Text>
            <Text size="xs" c="dimmed">
              {description}
            </Text>
          </span>
        </UnstyledButton>
        <div className={classes['under']}>
          <Text size="sm" className={classes['narrow'] ?? ''}>
            {`${serviceText}, ${formatValue(sli, 'ratio')} kept of ${formatValue(target, 'ratio')}`}
          </Text>
          <Text size="sm">{pace.words}</Text>
        </div>
      </Table.Th>
      <Table.Td>
        <div className={classes['budget']}>
          <ShareBar share={left} tone={pace.tone === 'none' ? 'good' : pace.tone} />
          <span
            className={`${classes['number']} ${classes['tone']}`}
            data-tone={left <= 0 ? 'bad' : undefined}
          >
            {formatValue(left, 'ratio')}
          </span>
        </div>
      </Table.Td>
      <Table.Td className={`${classes['service']} ${classes['wide']}`} title={serviceText}>
        {serviceText}
      </Table.Td>
      <Table.Td className={`${classes['number']} ${classes['wide']}`}>
        {formatValue(target, 'ratio')}
        <Text size="xs" c="dimmed">{`in ${days} days`}</Text>
      </Table.Td>
      <Table.Td className={`${classes['number']} ${classes['wide']}`}>
        {formatValue(sli, 'ratio')}
        <Text size="xs" c="dimmed">{`of ${formatValue(slo.events, 'count')}`}</Text>
        {covered < days && (
          <Text
            size="xs"
            c="dimmed"
            title="There were too many series to read the whole window when the daemon started."
          >
            {`of the last ${covered.toFixed(1)} days only`}
          </Text>
        )}
      </Table.Td>
      <Table.Td className={`${classes['number']} ${classes['tone']}`} data-tone={rateTone(hour)}>
        {rateText(hour)}
      </Table.Td>
      <Table.Td className={classes['words'] ?? ''}>{pace.words}</Table.Td>
    </Table.Tr>
  )
}
