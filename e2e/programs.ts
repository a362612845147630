/** External programs that tests need. Where one is missing, its tests are skipped under a name that says how to get it. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const PACKAGES = {
  prometheus: 'prometheus',
  promtool: 'prometheus',
  'prometheus-alertmanager': 'prometheus-alertmanager',
  amtool: 'prometheus-alertmanager',
  'prometheus-pushgateway': 'prometheus-pushgateway',
  chromium: 'chromium',
} as const

export interface Program {
  missing: boolean
  /** To be appended to the name of a test. */
  note: string
}

export function program(name: keyof typeof PACKAGES): Program {
  const found = (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)))
  return { missing: !found, note: found ? '' : ` (needs ${name}: apt-get install ${PACKAGES[name]})` }
}
