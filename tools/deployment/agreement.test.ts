/** Every port, path, name and mount of `deploy/` is the same wherever it stands, and the one of the code. */
import { FILES, PORTS, SAMPLE_LIMIT, SCRAPE_JOB, THRESHOLDS, DASHBOARD_UIDS } from '@ragmeter/ops'
import { describe, expect, test } from 'vitest'
import { DASHBOARD_FOLDER } from '../dashboards/read-dashboards.ts'
import { OPTIONS } from '../../packages/server/src/config.ts'
import {
  exists,
  listFolder,
  readCompose,
  readDataSources,
  readPrometheus,
  readText,
  readYaml,
} from './files.ts'

const compose = readCompose()
const services = Object.entries(compose.services)
const prometheus = readPrometheus()
const dockerfile = readText('deploy/Dockerfile')
const environmentExample = readText('deploy/.env.example')

/** Where each service of compose answers. */
const PORTS_OF: Readonly<Record<string, readonly number[]>> = {
  ragmeter: [PORTS.ragmeter],
  prometheus: [PORTS.prometheus],
  alertmanager: [PORTS.alertmanager],
  grafana: [PORTS.grafana],
  pushgateway: [PORTS.pushgateway],
  loki: [PORTS.loki],
  alloy: [PORTS.alloy],
  'otel-collector': [PORTS.collectorGrpc, PORTS.collectorHttp, PORTS.collectorMetrics],
  jaeger: [PORTS.jaeger, PORTS.collectorGrpc],
}

/** `name:port` in a text, where the name is a service of compose or localhost. */
function addressesIn(text: string): readonly (readonly [host: string, port: number])[] {
  const names = Object.keys(compose.services).join('|')
  return [...text.matchAll(new RegExp(`(?<![\\w.-])(${names}):(\\d{2,5})\\b`, 'g'))].map(
    ([, host = '', port]) => [host, Number(port)],
  )
}

function variablesIn(text: string): readonly string[] {
  return [...text.matchAll(/\$\{([A-Z_]+)/g)].map(([, name = '']) => name)
}

/** Where a path in a container comes from: below the root of the repository, for what is mounted from there. */
function sourceOf(service: string, path: string): string | undefined {
  for (const volume of compose.services[service]?.volumes ?? []) {
    const [from = '', to = ''] = volume.split(':')
    if (from.startsWith('./') && (path === to || path.startsWith(`${to}/`)))
      return `deploy/${from.slice(2)}${path.slice(to.length)}`
  }
  return undefined
}

describe('compose.yaml', () => {
  test('starts four services by default and all with the profile full', () => {
    expect(services.filter(([, { profiles }]) => profiles === undefined).map(([name]) => name)).toEqual([
      'ragmeter',
      'prometheus',
      'alertmanager',
      'grafana',
    ])
    expect(
      services
        .filter(([, { profiles }]) => profiles !== undefined)
        .map(([name, { profiles }]) => [name, profiles]),
    ).toEqual(['pushgateway', 'loki', 'alloy', 'otel-collector', 'jaeger'].map((name) => [name, ['full']]))
  })

  test.each(services)('%s has a pinned image, limits, and no more rights than it needs', (_, service) => {
    expect(service.image).toMatch(/^[a-z/-]+:v?\d+\.\d+\.\d+$/)
    expect(service.restart).toBe('unless-stopped')
    expect(service.cap_drop).toEqual(['ALL'])
    expect(service.security_opt).toEqual(['no-new-privileges:true'])
    expect(service.deploy.resources.limits).toEqual({ cpus: expect.any(String), memory: expect.any(String) })
  })

  test.each(services)('%s publishes its own ports, on this machine only', (name, { ports = [] }) => {
    for (const port of ports) {
      const [, published, own] = /^127\.0\.0\.1:(\d+):(\d+)$/.exec(port) ?? []
      expect(published).toBe(own)
      expect(PORTS_OF[name]).toContain(Number(own))
    }
  })

  test.each(services)(
    '%s mounts files that exist, read-only, and volumes that are declared',
    (name, { volumes = [] }) => {
      for (const volume of volumes) {
        const [from = '', , mode] = volume.split(':')
        if (from.startsWith('/')) continue
        const isFile = from.startsWith('./')
        expect([volume, isFile ? exists(`deploy/${from}`) : from in compose.volumes]).toEqual([volume, true])
        expect(mode).toBe(isFile ? 'ro' : undefined)
      }
      expect(volumes.filter((volume) => volume.startsWith('/'))).toEqual(
        name === 'alloy' ? ['/var/run/docker.sock:/var/run/docker.sock:ro'] : [],
      )
    },
  )

  test('every volume and secret is used', () => {
    const used = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0]))
    expect(used).toEqual(expect.arrayContaining(Object.keys(compose.volumes)))
    expect(services.flatMap(([, { secrets = [] }]) => secrets).sort()).toEqual(
      Object.keys(compose.secrets).sort(),
    )
  })

  test('a file that a command names is mounted', () => {
    const named = services.flatMap(([name, { command = [] }]) =>
      command
        .flatMap((argument) => /(\/etc\/\S+)$/.exec(argument)?.[1] ?? [])
        .map((path) => [name, path, sourceOf(name, path)] as const),
    )
    expect(named.length).toBeGreaterThanOrEqual(5)
    for (const [name, path, source] of named)
      expect([name, path, exists(source ?? 'nothing')]).toEqual([name, path, true])
  })

  test('no service with secrets of the environment is read-only: compose refuses that', () => {
    expect(
      services.filter(([, { secrets, read_only }]) => secrets !== undefined && read_only === true),
    ).toEqual([])
  })

  test('checks the health of every service whose image can, and nobody waits for another', () => {
    const checked = services.filter(([, { healthcheck }]) => healthcheck !== undefined).map(([name]) => name)
    const unchecked = Object.keys(compose.services).filter((name) => !checked.includes(name))
    expect(unchecked).toEqual(['ragmeter', 'otel-collector', 'jaeger'])
    expect(dockerfile).toMatch(/^HEALTHCHECK .*CMD \["ragmeter", "status"\]$/m)
    const awaited = services.flatMap(([, { depends_on: dependencies = {} }]) =>
      Array.isArray(dependencies) ? [] : Object.keys(dependencies),
    )
    expect(awaited.filter((name) => name !== 'ragmeter' && !checked.includes(name))).toEqual([])
  })

  test.each(services)('the health check of %s asks its own port', (name, { healthcheck }) => {
    const ports = [...(healthcheck?.test.join(' ') ?? '').matchAll(/localhost[:/](\d+)/g)].map(([, port]) =>
      Number(port),
    )
    expect(ports.filter((port) => PORTS_OF[name]?.includes(port) !== true)).toEqual([])
  })

  test('variables stand in .env.example, and those of .env.example are used', () => {
    const stated = [...environmentExample.matchAll(/^([A-Z_]+)=/gm)].map(([, name = '']) => name)
    const used = [
      ...variablesIn(readText('deploy/compose.yaml')),
      ...Object.values(compose.secrets).map(({ environment }) => environment),
    ]
    expect([...new Set(used)].sort()).toEqual([...stated].sort())
    // The filled-in copy holds secrets.
    expect(readText('.gitignore')).toContain('\n/deploy/.env\n')
  })

  test('defaults of variables are those of .env.example; what is required has none', () => {
    const text = readText('deploy/compose.yaml')
    const defaults = new Map(
      [...text.matchAll(/\$\{([A-Z_]+):-([^}]*)\}/g)].map(([, name, value]) => [name, value]),
    )
    for (const [, name, value] of environmentExample.matchAll(/^([A-Z_]+)=(.*)$/gm))
      expect([name, value]).toEqual([name, defaults.get(name) ?? ''])
  })
})

test.each([
  'deploy/prometheus/prometheus.yml',
  'deploy/grafana/provisioning/datasources/ragmeter.yaml',
  'deploy/otel-collector/config.yaml',
  'deploy/alloy/config.alloy',
  'deploy/loki/loki.yaml',
  'deploy/compose.yaml',
])('%s names services by the ports they listen on', (path) => {
  const addresses = addressesIn(readText(path).replaceAll(/^.*\bimage: .*$/gm, ''))
  expect(addresses.filter(([host, port]) => PORTS_OF[host]?.includes(port) !== true)).toEqual([])
  expect(addresses.length + Number(path.includes('compose'))).toBeGreaterThan(0)
})

describe('Prometheus', () => {
  const jobs = new Map(prometheus.scrape_configs.map((config) => [config.job_name, config]))
  const LIMITS = {
    sample_limit: SAMPLE_LIMIT,
    label_limit: 20,
    label_name_length_limit: 64,
    label_value_length_limit: 512,
  }

  test('loads the generated rules that lie beside it', () => {
    const files = [FILES.recordingRules, FILES.alertRules, FILES.sloRules]
    expect(prometheus.rule_files.map((file) => `deploy/prometheus/${file}`)).toEqual(files)
    expect(files.filter((file) => !exists(file))).toEqual([])
    expect(sourceOf('prometheus', '/etc/prometheus/prometheus.yml')).toBe('deploy/prometheus/prometheus.yml')
  })

  test('scrapes the daemon with its token, by its own labels, under the job that alerts name', () => {
    expect(jobs.get(SCRAPE_JOB)).toEqual({
      job_name: SCRAPE_JOB,
      honor_labels: true,
      authorization: { credentials_file: '/run/secrets/ragmeter_token' },
      ...LIMITS,
      static_configs: [{ targets: [`ragmeter:${PORTS.ragmeter}`] }],
    })
    expect(compose.services['prometheus']?.secrets).toEqual(['ragmeter_token'])
    expect(compose.secrets['ragmeter_token']?.environment).toBe('RAGMETER_TOKEN')
  })

  test('pushed series keep their job', () => {
    expect(jobs.get('pushgateway')).toMatchObject({ honor_labels: true, ...LIMITS })
  })

  test('targets of the profile full are found by name, so that without it none is down', () => {
    for (const { dns_sd_configs: found = [], static_configs: fixed = [] } of prometheus.scrape_configs) {
      for (const { names, type, port } of found) {
        expect(type).toBe('A')
        for (const name of names) {
          expect(compose.services[name]?.profiles).toEqual(['full'])
          expect(PORTS_OF[name]).toContain(port)
        }
      }
      const hosts = fixed.flatMap(({ targets }) => targets.map((target) => target.split(':')[0] ?? ''))
      expect(hosts.filter((host) => compose.services[host]?.profiles !== undefined)).toEqual([])
    }
  })

  test('sends alerts to the Alertmanager of the stack', () => {
    const [{ static_configs: [target] } = { static_configs: [] }] = prometheus.alerting.alertmanagers
    expect(target?.targets).toEqual([`alertmanager:${PORTS.alertmanager}`])
  })

  test('the alert on large pages fires at 80 % of the limit', () => {
    expect(THRESHOLDS.scrapeSamples.default).toBe(SAMPLE_LIMIT * 0.8)
  })
})

describe('Grafana', () => {
  const sources = readDataSources()

  test('data sources have fixed uids, and lead to services of the stack', () => {
    expect(sources.map(({ uid, url }) => [uid, url])).toEqual([
      ['prometheus', `http://prometheus:${PORTS.prometheus}`],
      ['alertmanager', `http://alertmanager:${PORTS.alertmanager}`],
      ['loki', `http://loki:${PORTS.loki}`],
      ['jaeger', `http://jaeger:${PORTS.jaeger}`],
    ])
    const named = JSON.stringify(sources).matchAll(/"(?:datasourceUid|alertmanagerUid)":"(\w+)"/g)
    expect(
      [...named].map(([, uid]) => uid).filter((uid) => !sources.some((source) => source.uid === uid)),
    ).toEqual([])
  })

  test('the interval of the data source is that of the scrapes, on which $__rate_interval rests', () => {
    expect(sources[0]?.jsonData['timeInterval']).toBe(prometheus.global.scrape_interval)
  })

  test('a dot leads to the trace of its id, under the name that the exposition gives it', () => {
    expect(sources[0]?.jsonData['exemplarTraceIdDestinations']).toMatchObject([
      { name: 'trace_id', url: '$RAGMETER_URL/traces/$${__value.raw}' },
    ])
    expect(compose.services['grafana']?.environment).toHaveProperty('RAGMETER_URL')
  })

  test('provisions the folder in which the dashboards are mounted', () => {
    const file = readYaml('deploy/grafana/provisioning/dashboards/ragmeter.yaml') as {
      providers: { options: { path: string } }[]
    }
    const path = file.providers[0]?.options.path ?? ''
    expect(sourceOf('grafana', path)).toBe(DASHBOARD_FOLDER)
    const home = compose.services['grafana']?.environment?.['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH'] ?? ''
    expect(exists(sourceOf('grafana', home) ?? 'nothing')).toBe(true)
    for (const folder of ['datasources', 'dashboards'])
      expect(exists(sourceOf('grafana', `/etc/grafana/provisioning/${folder}`) ?? 'nothing')).toBe(true)
  })
})

describe('alertmanager.yml', () => {
  const text = readText('deploy/alertmanager/alertmanager.yml')

  test('templates and secrets that it names are in the container', () => {
    const folder = /\/etc\/alertmanager\/templates/.exec(text)?.[0] ?? ''
    expect(listFolder(sourceOf('alertmanager', folder) ?? '')).toEqual(['ragmeter.tmpl'])
    const secrets = [...text.matchAll(/\/run\/secrets\/(\w+)/g)].map(([, name = '']) => name)
    expect(secrets.sort()).toEqual([...(compose.services['alertmanager']?.secrets ?? [])].sort())
  })

  test('templates that receivers use are defined', () => {
    const defined = readText('deploy/alertmanager/templates/ragmeter.tmpl')
    const used = [...text.matchAll(/template "([\w.]+)"/g)].map(([, name]) => name)
    expect(used.length).toBeGreaterThan(0)
    for (const name of used) expect(defined).toContain(`{{ define "${name}" -}}`)
  })
})

function setting(name: string): string | undefined {
  return new RegExp(`^ {4,}${name}=(\\S+)`, 'm').exec(dockerfile)?.[1]
}

describe('Dockerfile', () => {
  test('runs the daemon as a user that is not root, with its state on a volume', () => {
    expect(dockerfile).toMatch(/^USER 1000:1000$/m)
    expect(dockerfile).toMatch(/^VOLUME \/data$/m)
    expect(dockerfile).toMatch(/^WORKDIR \/etc\/ragmeter$(?![^]*^WORKDIR)/m)
    expect(dockerfile).toMatch(/^ENTRYPOINT \["ragmeter"\]\nCMD \["start", "--foreground"\]$/m)
    expect(dockerfile).toMatch(new RegExp(`^EXPOSE ${PORTS.ragmeter}$`, 'm'))
  })

  test('sets options that the daemon has, to the port of the stack', () => {
    const set = [...dockerfile.matchAll(/\b(RAGMETER_[A-Z_]+)=/g)].map(([, name]) => name)
    const known = OPTIONS.map(({ environment }) => environment)
    expect(set.filter((name) => !known.includes(name ?? ''))).toEqual([])
    expect(setting('RAGMETER_PORT')).toBe(String(PORTS.ragmeter))
    expect(OPTIONS.find(({ name }) => name === 'port')?.default).toBe(String(PORTS.ragmeter))
    const home = setting('RAGMETER_HOME') ?? ''
    expect(compose.services['ragmeter']?.volumes).toContain(`ragmeter-data:${home}`)
  })

  test('installs the command line and all of our packages that it needs', () => {
    const needed = new Set<string>()
    const visit = (name: string): void => {
      if (needed.has(name)) return
      needed.add(name)
      const { dependencies = {} } = JSON.parse(readText(`packages/${name}/package.json`)) as {
        dependencies?: Record<string, string>
      }
      for (const dependency of Object.keys(dependencies))
        if (dependency.startsWith('@ragmeter/')) visit(dependency.slice('@ragmeter/'.length))
    }
    visit('cli')
    const [, packed = ''] = /for name in ([\w ]+);/.exec(dockerfile) ?? []
    expect(packed.split(' ')).toEqual(expect.arrayContaining([...needed]))
  })

  test('builds for the Node that the packages ask for, from one pinned image', () => {
    expect(dockerfile.match(/^FROM .*$/gm)).toEqual([
      'FROM ${NODE_IMAGE} AS checkout',
      'FROM ${NODE_IMAGE} AS packed',
      'FROM ${SOURCE} AS packages',
      'FROM ${NODE_IMAGE} AS installed',
      'FROM ${NODE_IMAGE}',
    ])
    expect(dockerfile).toMatch(/^ARG NODE_IMAGE=node:2\d\.\d+\.\d+-bookworm-slim$/m)
  })

  test('is the image of compose and of Kubernetes, at the version of the packages', () => {
    const { version } = JSON.parse(readText('packages/cli/package.json')) as { version: string }
    expect(compose.services['ragmeter']?.image).toBe(`ragmeter:${version}`)
    expect(compose.services['ragmeter']?.build).toEqual({ context: '..', dockerfile: 'deploy/Dockerfile' })
    expect(readText('deploy/kubernetes/ragmeter.yaml')).toContain(`image: ragmeter:${version}\n`)
    for (const [, stated] of dockerfile.matchAll(/ragmeter:(\d+\.\d+\.\d+)/g)) expect(stated).toBe(version)
  })
})

test('there is a dashboard behind every uid that links name', () => {
  for (const key of Object.keys(DASHBOARD_UIDS)) expect(exists(`${DASHBOARD_FOLDER}/${key}.json`)).toBe(true)
})
