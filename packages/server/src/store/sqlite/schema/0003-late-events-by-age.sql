-- What retention by size deletes first.
CREATE INDEX feedback_at ON feedback (at);
CREATE INDEX scores_at ON scores (at);

-- Batches that were skipped so long ago that they are not waited for any more: if they come, they count as duplicates.
ALTER TABLE clients ADD COLUMN gaps_given_up INTEGER NOT NULL DEFAULT 0;
