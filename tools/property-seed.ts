/**
 * Property tests try the same cases in every run, so that a commit is either green or red; `npm run properties` looks for
 * cases that nobody has tried yet. `PROPERTY_SEED=12` tries those of seed 12.
 */
import { configureGlobal } from 'fast-check'

const seed = Number(process.env['PROPERTY_SEED'] ?? 1)
if (!Number.isInteger(seed)) throw new Error('PROPERTY_SEED is a whole number, such as PROPERTY_SEED=12')
configureGlobal({ seed })
