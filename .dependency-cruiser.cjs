/**
 * The architecture as a list of allowed edges: an import that matches no entry of `allowed` is an error.
 *
 *   core <- sdk, core <- ops, core + ops <- server, core + ops + sdk + server <- cli, core <- ui, sdk <- examples
 *
 * Inside the server every stage is a folder that knows core, lib/, the store's interface and itself.
 * Only server.ts, history.ts and the thread entry files wire stages together. A test may import anything of its own package.
 */

const stages = 'ingest|enrich|store|rollup|metrics|alerts|api|web'
const pure = '^packages/((core|ops)/|server/src/(enrich|rollup)/|cli/src/simulate/)'
const tests = '^packages/([^/]+)/(?:test/|.*(?:[.]test|[.]bench|-contract)[.]ts$)'
const around = '^(?:examples|e2e|bench|tools|[.]ci)/|^[^/]+$'

/** An edge between files of this repository. `$1` in `to` is the first group of `from`. */
const edge = (from, to) => ({ from: { path: from }, to: { path: to } })
/** The same for code that is shipped, which tests are not. */
const shipped = (from, to) => ({ from: { path: from, pathNot: tests }, to: { path: to } })
/** Packages of this workspace look like libraries too: their edges are listed one by one. */
const library = (...dependencyTypes) => ({ dependencyTypes, pathNot: '^(?:packages|examples)/[^/]+/src/' })

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  allowedSeverity: 'error',
  allowed: [
    // Packages. Another package is entered by its index only.
    shipped('^packages/core/src/', '^packages/core/src/'),
    shipped('^packages/sdk/src/', '^packages/(sdk/src/|core/src/index[.]ts$)'),
    shipped('^packages/ops/src/', '^packages/(ops/src/|core/src/index[.]ts$)'),
    shipped('^packages/server/src/', '^packages/(core|ops)/src/index[.]ts$'),
    shipped('^packages/cli/src/', '^packages/(cli/src/|(core|ops|sdk|server)/src/index[.]ts$)'),

    // Inside the server.
    shipped('^packages/server/src/((server|history)[.]ts$|threads/)', '^packages/server/src/'),
    shipped(
      `^packages/server/src/(${stages})/`,
      '^packages/server/src/($1/|lib/|store/(store|retrieval-queries)[.]ts$)',
    ),
    // The tables of rollups hold values in the form that rollup/ defines.
    shipped('^packages/server/src/store/sqlite/', '^packages/server/src/rollup/'),
    shipped('^packages/server/src/lib/', '^packages/server/src/lib/'),
    shipped(
      '^packages/server/src/[^/]+$',
      '^packages/server/src/([^/]+$|lib/|store/(store|retrieval-queries)[.]ts$)',
    ),

    // What users run without a daemon: scenarios of alerts.
    shipped('^packages/server/src/index[.]ts$', '^packages/server/src/alerts/alerts[.]ts$'),

    // Libraries. Pure code has none and no node: module; nothing shipped rests on a development dependency.
    {
      from: { path: '^packages/[^/]+/src/', pathNot: [tests, pure] },
      to: library('core', 'npm', 'npm-optional', 'npm-peer'),
    },
    {
      from: { path: '^packages/(ops/src|server/src/(enrich|rollup))/', pathNot: tests },
      to: library('npm'),
    },

    // Tests: the whole of their own package, and the packages it may use.
    edge(tests, '^packages/($1|core)/src/(?:.*)$'),
    edge(tests, '^packages/$1/test/'),
    edge(tests.replace('([^/]+)', 'server'), '^packages/ops/src/index[.]ts$'),
    // One reader of PromQL, and one list of what it may name, for rules, documents and dashboards.
    edge(tests.replace('([^/]+)', 'ops'), '^tools/promql/'),
    edge('^tools/promql/', '^packages/server/src/metrics/self-catalogue[.]ts$'),
    edge(tests.replace('([^/]+)', 'cli'), '^packages/(ops|sdk|server)/src/(index|testing)[.]ts$'),

    // Around the packages.
    edge('^examples/([^/]+)/', '^examples/$1/'),
    edge('^examples/', '^packages/sdk/src/(index|testing)[.]ts$'),
    edge('^(e2e|bench|tools)/', '^$1/'),
    edge('^(e2e|tools)/', '^packages/[^/]+/src/(index|testing)[.]ts$'),
    edge('^bench/', '^packages/[^/]+/src/'),
    {
      from: { path: [tests, around] },
      to: library('core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer'),
    },
  ],
  forbidden: [
    {
      name: 'no-circular',
      comment: 'A cycle means two files are one idea: merge them, or move what both need into a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'not-to-unresolvable',
      comment: 'The import leads nowhere: a misspelt path, or a package that is not installed.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'pure',
      comment:
        'core, ops, enrich, rollup and simulate do no I/O: take what node: would give you as an argument.',
      severity: 'error',
      from: { path: pure, pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'core-has-no-dependencies',
      comment: 'core is installed by everyone and runs in browsers.',
      severity: 'error',
      from: { path: '^packages/core/src/', pathNot: tests },
      to: { pathNot: '^packages/core/src/' },
    },
    {
      name: 'no-development-dependency-shipped',
      comment: 'Users do not get devDependencies: add the library to the dependencies of the package.',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: tests },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['npm', 'npm-peer'],
      },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    doNotFollow: { path: 'node_modules' },
    // Tests and benchmarks are not part of the architecture, and the parser does not know their `using` declarations,
    // nor JSX: the edges of packages/ui are in .oxlintrc.json.
    exclude: {
      path: '^packages/ui/|^(?:packages|examples)/[^/]+/(?:dist|test)/|^packages/cli/bin/|^coverage/|^bench/|^e2e/|[.]test[.]ts$',
    },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['ragmeter-src', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
}
