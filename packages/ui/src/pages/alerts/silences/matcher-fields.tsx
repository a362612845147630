/** What the labels of an alert must be, or must not be. */
import { ActionIcon, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import type { ReactElement } from 'react'
import { MATCHERS_MAX } from './silence-draft.ts'
import type { Matcher } from './silence-draft.ts'

export interface MatcherFieldsProps {
  matchers: readonly Matcher[]
  onChange: (matchers: Matcher[]) => void
}

export function MatcherFields({ matchers, onChange }: MatcherFieldsProps): ReactElement {
  const change = (index: number, part: Partial<Matcher>) =>
    onChange(matchers.map((matcher, position) => (position === index ? { ...matcher, ...part } : matcher)))
  return (
    <Stack gap={6} role="group" aria-label="Labels">
      <Text size="xs" fw={500}>
        Labels, all of which must match
      </Text>
      {matchers.map(({ name, value, isEqual }, index) => (
        <Group key={index} gap={6} wrap="nowrap">
          <TextInput
            aria-label={`Label ${index + 1}`}
            w={130}
            maxLength={512}
            value={name}
            onChange={(event) => change(index, { name: event.currentTarget.value })}
          />
          <Select
            aria-label={`Label ${index + 1} is or is not`}
            w={80}
            allowDeselect={false}
            data={[
              { value: 'is', label: 'is' },
              { value: 'is not', label: 'is not' },
            ]}
            value={isEqual ? 'is' : 'is not'}
            onChange={(chosen) => change(index, { isEqual: chosen === 'is' })}
          />
          <TextInput
            aria-label={`Value of label ${index + 1}`}
            flex={1}
            miw={0}
            maxLength={512}
            value={value}
            onChange={(event) => change(index, { value: event.currentTarget.value })}
          />
          <ActionIcon
            aria-label={`Remove label ${index + 1}`}
            onClick={() => onChange(matchers.filter((_, position) => position !== index))}
          >
            <IconX size={14} />
          </ActionIcon>
        </Group>
      ))}
      <div>
        <Button
          variant="subtle"
          size="compact-xs"
          leftSection={<IconPlus size={12} />}
          disabled={matchers.length >= MATCHERS_MAX}
          onClick={() => onChange([...matchers, { name: '', value: '', isEqual: true }])}
        >
          Another label
        </Button>
      </div>
    </Stack>
  )
}
