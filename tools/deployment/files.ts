/** The files of `deploy/`, as far as tests look at them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'

const ROOT = join(import.meta.dirname, '../..')

export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

/** @param path below the root of the repository; merges (`<<`) are applied, as compose does */
export function readYaml(path: string): unknown {
  return parse(readText(path), { merge: true })
}

export function readDocuments(path: string): readonly unknown[] {
  return parseAllDocuments(readText(path)).map((document) => document.toJS() as unknown)
}

export function exists(path: string): boolean {
  return existsSync(join(ROOT, path))
}

export function listFolder(path: string): readonly string[] {
  return readdirSync(join(ROOT, path))
}

export interface ComposeService {
  image: string
  build?: { context: string; dockerfile: string }
  command?: string[]
  environment?: Record<string, string>
  ports?: string[]
  volumes?: string[]
  secrets?: string[]
  profiles?: string[]
  healthcheck?: { test: string[] }
  depends_on?: string[] | Record<string, { condition: string }>
  restart: string
  cap_drop: string[]
  security_opt: string[]
  read_only?: boolean
  stop_grace_period?: string
  deploy: { resources: { limits: { cpus: string; memory: string } } }
}

export interface Compose {
  services: Record<string, ComposeService>
  volumes: Record<string, unknown>
  secrets: Record<string, { environment: string }>
}

export interface ScrapeConfig {
  job_name: string
  honor_labels?: boolean
  sample_limit?: number
  authorization?: { credentials_file: string }
  static_configs?: { targets: string[] }[]
  dns_sd_configs?: { names: string[]; type: string; port: number }[]
}

export interface PrometheusConfig {
  global: { scrape_interval: string }
  alerting: { alertmanagers: { static_configs: { targets: string[] }[] }[] }
  rule_files: string[]
  scrape_configs: ScrapeConfig[]
}

export interface DataSource {
  uid: string
  type: string
  url: string
  jsonData: Record<string, unknown>
}

export function readCompose(): Compose {
  return readYaml('deploy/compose.yaml') as Compose
}

export function readPrometheus(): PrometheusConfig {
  return readYaml('deploy/prometheus/prometheus.yml') as PrometheusConfig
}

export function readDataSources(): readonly DataSource[] {
  const file = readYaml('deploy/grafana/provisioning/datasources/ragmeter.yaml') as {
    datasources: DataSource[]
  }
  return file.datasources
}
