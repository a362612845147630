/** How everything looks: one accent colour, neutral greys, numerals of one width, borders instead of shadows. */
import { createTheme, localStorageColorSchemeManager, rem } from '@mantine/core'
import type { MantineColorsTuple } from '@mantine/core'

const accent: MantineColorsTuple = [
  '#eef2ff',
  '#dde4fb',
  '#b9c6f4',
  '#92a6ed',
  '#728be7',
  '#5c78e3',
  '#3f5fd6',
  '#3350be',
  '#2a45a6',
  '#1f378c',
]

/** Slate: a little blue in the grey keeps dark pages from looking brown beside the accent. */
const dark: MantineColorsTuple = [
  '#d5dae3',
  '#b4bcca',
  '#98a2b3',
  '#667085',
  '#3a4354',
  '#2b3342',
  '#1f2633',
  '#171c27',
  '#11151e',
  '#0b0e15',
]

const gray: MantineColorsTuple = [
  '#f8f9fb',
  '#f2f4f7',
  '#e6e9ef',
  '#d7dce4',
  '#bcc4d0',
  '#98a2b3',
  '#667085',
  '#475467',
  '#2f3a4c',
  '#1b2431',
]

export const theme = createTheme({
  primaryColor: 'accent',
  // White words on it have a contrast of 4.5 : 1 at least.
  primaryShade: { light: 7, dark: 6 },
  colors: { accent, dark, gray },
  autoContrast: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: rem(12), sm: rem(13), md: rem(14), lg: rem(16), xl: rem(20) },
  headings: { fontWeight: '600' },
  components: {
    Paper: { defaultProps: { withBorder: true, radius: 'md', shadow: 'none' } },
    Button: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs' } },
    TextInput: { defaultProps: { size: 'xs' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
    Menu: { defaultProps: { shadow: 'md' } },
    Popover: { defaultProps: { shadow: 'md' } },
  },
})

/** The key is read by public/color-scheme.js too. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: 'ragmeter-color-scheme' })
