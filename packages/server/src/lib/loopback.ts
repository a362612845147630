/** Names and addresses that never leave the machine. */
import { isIP } from 'node:net'

/** `localhost`, 127.0.0.0/8, ::1 (however it is written) and IPv4 loopback inside IPv6. */
export function isLoopbackName(name: string): boolean {
  if (name.toLowerCase() === 'localhost') return true
  if (isIP(name) === 4) return name.startsWith('127.')
  if (isIP(name) !== 6 || !URL.canParse(`http://[${name}]`)) return false
  const { hostname } = new URL(`http://[${name}]`)
  return hostname === '[::1]' || hostname.startsWith('[::ffff:7f')
}
