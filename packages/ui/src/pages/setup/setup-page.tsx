import type { ReactElement } from 'react'

export function SetupPage(): ReactElement {
  return <h1>Set-up</h1>
}
