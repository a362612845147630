import { expect, test } from 'vitest'
import { releaseMarkers } from './release-markers.ts'

const series = (service: string, revision: string, ...steps: readonly number[]) => ({
  labels: { service, revision },
  points: steps.map((at) => ({ at, value: 1 })),
})
const markers = (...all: readonly ReturnType<typeof series>[]) => releaseMarkers({ series: [...all] })

test('releaseMarkers names a revision where it was first seen, and not the one before', () => {
  expect(markers(series('docs', '1.0', 0, 1, 2), series('docs', '1.1', 2, 3))).toEqual([
    { at: 2, label: '1.1' },
  ])
})

test('releaseMarkers: that the data of a service begin within the range is no release', () => {
  expect(markers(series('docs', '1.0', 0, 1), series('chat', '2.0', 5), series('search', '3.0', 5))).toEqual(
    [],
  )
})

test('releaseMarkers: a revision that comes after a gap at the start of the range is none either', () => {
  expect(markers(series('docs', '1.0', 4, 5))).toEqual([])
})

test('releaseMarkers joins the releases of one step, so that their labels do not lie on each other', () => {
  const all = markers(
    series('docs', '1.7', 0),
    series('docs', '1.8', 3),
    series('chat', '2.0', 0),
    series('chat', '2.1', 3),
    series('search', '0.1', 0),
    series('search', '0.2', 3),
  )
  expect(all).toEqual([{ at: 3, label: '1.8 +2' }])
})

test('releaseMarkers names a revision that many services go over to once, when the first does', () => {
  const before = [series('docs', '1', 0), series('chat', '1', 0)]
  expect(markers(...before, series('docs', '2', 3), series('chat', '2', 4))).toEqual([{ at: 3, label: '2' }])
})

test('releaseMarkers keeps the latest eight', () => {
  const all = Array.from({ length: 20 }, (_, index) => series('docs', `r${index}`, index))
  expect(markers(...all).map(({ at }) => at)).toEqual([19, 18, 17, 16, 15, 14, 13, 12])
})

test('releaseMarkers of nothing, or of no revision, are none', () => {
  expect(releaseMarkers(undefined)).toEqual([])
  expect(markers(series('docs', '', 1), series('docs', '', 2))).toEqual([])
})
