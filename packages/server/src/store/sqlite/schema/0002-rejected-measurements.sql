-- What was refused of a client's batches beside its traces.
ALTER TABLE clients ADD COLUMN measurements_rejected INTEGER NOT NULL DEFAULT 0;
ALTER TABLE clients ADD COLUMN ledger_rows_rejected INTEGER NOT NULL DEFAULT 0;
