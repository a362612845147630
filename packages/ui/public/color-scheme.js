// Runs before the first paint, so that a dark page does not flash white. The key is the one of src/app/theme.ts.
;(function () {
  var chosen = 'auto'
  try {
    chosen = localStorage.getItem('ragmeter-color-scheme') || 'auto'
  } catch {
    // Storage is forbidden: the system decides.
  }
  var dark = chosen === 'dark' || (chosen === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
})()
