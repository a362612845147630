import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { startSupervised } from './supervised-process.ts'
import type { SupervisedProcess } from './supervised-process.ts'

const patienceMs = 20_000

let folder: string
let started: SupervisedProcess[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'supervised-'))
  started = []
})
afterEach(async () => {
  await Promise.all(started.map(async (one) => one.stop(0)))
  await rm(folder, { recursive: true })
})

function start(script: string): SupervisedProcess {
  const logPath = join(folder, 'log')
  const one = startSupervised({ name: 'The probe', args: ['-e', script], environment: process.env, logPath })
  started.push(one)
  return one
}

const stayAlive = 'setInterval(() => {}, 1000); console.log("up")'

test('ready waits until the condition holds', async () => {
  const one = start(stayAlive)
  await one.ready(() => one.log().includes('up'), patienceMs)
  expect(one.running()).toBe(true)
})

test('ready throws with exit code and log when the process ends first', async () => {
  const one = start('console.error("port 7246 is busy"); process.exitCode = 5')
  await expect(one.ready(() => false, patienceMs)).rejects.toThrow(
    'The probe ended (exit code 5). It wrote:\nport 7246 is busy',
  )
})

test('ready throws when the time is over', async () => {
  await expect(start(stayAlive).ready(() => false, 0)).rejects.toThrow('not ready after 0 s')
})

test('stop lets the process finish its work', async () => {
  const one = start(`process.on('SIGTERM', () => { console.log('bye'); process.exit() }); ${stayAlive}`)
  await one.ready(() => one.log().includes('up'), patienceMs)
  await one.stop(patienceMs)
  expect(one.running()).toBe(false)
  expect(await readFile(join(folder, 'log'), 'utf8')).toBe('up\nbye\n')
})

test('stop ends a process that does not listen', async () => {
  const one = start(`process.on('SIGTERM', () => {}); ${stayAlive}`)
  await one.ready(() => one.log().includes('up'), patienceMs)
  await one.stop(10)
  expect(one.running()).toBe(false)
})

test('stop of a process that is gone is done at once', async () => {
  const one = start('')
  await one.ready(() => !one.running(), patienceMs)
  await expect(one.stop(patienceMs)).resolves.toBeUndefined()
})
