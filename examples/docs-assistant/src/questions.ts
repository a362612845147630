import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

export const questionsPath = fileURLToPath(new URL('../questions.json', import.meta.url))

export interface QuestionList {
  /** Questions that the documentation answers. */
  readonly answerable: readonly string[]
  /** Questions that it does not: about other things, or about ragmeter where it is silent. */
  readonly unanswerable: readonly string[]
}

/** @throws Error if the file does not hold two lists of questions */
export async function readQuestions(path: string): Promise<QuestionList> {
  const list: unknown = JSON.parse(await readFile(path, 'utf8'))
  if (!isQuestionList(list))
    throw new Error(`${path} must hold "answerable" and "unanswerable", both lists of strings.`)
  return list
}

function isQuestionList(list: unknown): list is QuestionList {
  return (
    typeof list === 'object' &&
    list !== null &&
    'answerable' in list &&
    'unanswerable' in list &&
    [list.answerable, list.unanswerable].every(
      (questions) =>
        Array.isArray(questions) && questions.length > 0 && questions.every((one) => typeof one === 'string'),
    )
  )
}
