import GithubSlugger from 'github-slugger'
import { marked } from 'marked'
import type { MarkedToken, Token, Tokens } from 'marked'

/** Long enough to hold a whole idea, short enough that four of them fit any prompt. */
const chunkCharactersMax = 1200

/** A piece of one section of one Markdown file. */
export interface Chunk {
  /** `path#heading-anchor`, with `:2`, `:3` for the further pieces of a long section; stable while the heading is. */
  readonly id: string
  readonly path: string
  /** The headings above the text, outermost first. */
  readonly headings: readonly string[]
  /** The text as whole sentences, list items, table rows and code blocks, in order: what an answer may quote. */
  readonly passages: readonly string[]
  /** The passages as one text. */
  readonly text: string
}

/**
 * Splits a Markdown file into chunks along its headings. Anchors are GitHub's, so an id is also a link. Headings
 * without text of their own give no chunk.
 */
export function chunkMarkdown(path: string, markdown: string): Chunk[] {
  const slugger = new GithubSlugger()
  const chunks: Chunk[] = []
  let headings: string[] = []
  let anchor = ''
  let passages: string[] = []

  const closeSection = () => {
    for (const [index, part] of packPassages(passages).entries()) {
      const id = `${path}${anchor}${index === 0 ? '' : `:${index + 1}`}`
      chunks.push({ id, path, headings, passages: part, text: part.join('\n') })
    }
    passages = []
  }

  for (const token of known(marked.lexer(markdown))) {
    if (token.type === 'heading') {
      closeSection()
      const title = inlineText(token.tokens)
      headings = [...headings.slice(0, token.depth - 1), title]
      anchor = `#${slugger.slug(title)}`
    } else {
      passages.push(...passagesOf(token))
    }
  }
  closeSection()
  return chunks
}

/** Fills chunks up to their limit without breaking a passage. */
function packPassages(passages: readonly string[]): string[][] {
  const parts: string[][] = []
  let part: string[] = []
  let length = 0
  for (const passage of passages.flatMap(cutPassage)) {
    if (length + passage.length > chunkCharactersMax && part.length > 0) {
      parts.push(part)
      part = []
      length = 0
    }
    part.push(passage)
    length += passage.length + 1
  }
  if (part.length > 0) parts.push(part)
  return parts
}

/** A single passage beyond the limit (a long code block, as a rule) is cut, at line ends where it has them. */
function cutPassage(passage: string): string[] {
  if (passage.length <= chunkCharactersMax) return [passage]
  const lineEnd = passage.lastIndexOf('\n', chunkCharactersMax)
  const cut = lineEnd > 0 ? lineEnd : chunkCharactersMax
  return [passage.slice(0, cut), ...cutPassage(passage.slice(cut).trimStart())]
}

function passagesOf(token: MarkedToken): string[] {
  switch (token.type) {
    case 'paragraph':
      return sentencesOf(inlineText(token.tokens))
    case 'text':
      return sentencesOf(token.tokens === undefined ? token.text : inlineText(token.tokens))
    case 'code':
      return token.text.trim() === '' ? [] : [token.text.trim()]
    case 'list':
      return token.items.flatMap((item) => listItemPassages(item))
    case 'table':
      return token.rows.map((row) => tableRowText(token.header, row))
    case 'blockquote':
      return known(token.tokens).flatMap(passagesOf)
    default:
      return []
  }
}

/** A short item stays whole, since half a list item rarely makes sense alone. */
function listItemPassages(item: Tokens.ListItem): string[] {
  const parts = known(item.tokens).flatMap(passagesOf)
  const whole = parts.join(' ')
  return whole.length <= chunkCharactersMax / 4 && whole !== '' ? [whole] : parts
}

/** Rows leave their table, so every cell takes its column's name with it. */
function tableRowText(header: readonly Tokens.TableCell[], row: readonly Tokens.TableCell[]): string {
  const cells = row.map((cell, column) => {
    const title = inlineText(header[column]?.tokens ?? [])
    const text = inlineText(cell.tokens)
    return column === 0 || title === '' ? text : `${title}: ${text}`
  })
  return cells.filter((cell) => cell !== '').join('; ')
}

const sentenceSegmenter = new Intl.Segmenter('en', { granularity: 'sentence' })

function sentencesOf(text: string): string[] {
  const flat = text.replaceAll(/\s+/g, ' ')
  return Array.from(sentenceSegmenter.segment(flat), ({ segment }) => segment.trim()).filter(
    (one) => one !== '',
  )
}

function inlineText(tokens: readonly Token[]): string {
  let text = ''
  for (const token of known(tokens)) {
    if (token.type === 'br') text += ' '
    else if ('tokens' in token && token.tokens !== undefined) text += inlineText(token.tokens)
    else if (token.type !== 'html' && 'text' in token) text += token.text
  }
  return text
}

/** Only marked extensions make tokens of other types, and none is registered. */
function known(tokens: readonly Token[]): MarkedToken[] {
  return tokens as MarkedToken[]
}
