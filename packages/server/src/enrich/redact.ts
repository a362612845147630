/** Masks what identifies a person or opens a door in the free text of errors and comments. One pipeline for every ingest path. */

/** Each rule has few places where it can begin: a hostile text takes no longer than another. */
const RULES: readonly (readonly [RegExp, string])[] = [
  [/\bBearer\s+[\w.~+/=-]{8,}/gi, 'Bearer <token>'],
  [/\b(?:(?:sk|pk|rk|gh[oprsu]|github_pat|xox[abeprs])[-_]|AKIA|AIza)[-_A-Za-z0-9]{8,}/g, '<key>'],
  [/\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g, '<token>'],
  [
    /\b(password|passwd|secret|token|api[_-]?key)(["']?\s*[:=]\s*)(?:"[^"]{3,}"|'[^']{3,}'|[^\s"',;]{3,})/gi,
    '$1$2<secret>',
  ],
  [/(?<![a-z0-9+.-])([a-z0-9+.-]+:\/\/)[^\s/@:]+:[^\s/@]+@/gi, '$1<credentials>@'],
  [/(?<![\w.+-])[\w.+-]+@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4}/g, '<email>'],
  [/\b(?:\d{1,3}\.){3}\d{1,3}\b/g, '<ip>'],
  [/\b(?:\d[ -]?){12,18}\d\b/g, '<number>'],
  [/\+\d[\d ()-]{7,}\d/g, '<phone>'],
]

/** @param text bounded by the parser, so that no rule can take long */
export function redact(text: string): string {
  let masked = text
  for (const [pattern, replacement] of RULES) masked = masked.replace(pattern, replacement)
  return masked
}
