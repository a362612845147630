-- What was spent, by UTC hour (YYYY-MM-DDTHH): days of a time zone begin at any of them, those of the ledger are UTC.
-- provider: '' for the document store, and for calls that state none.
CREATE TABLE spending_1h (
  hour TEXT NOT NULL,
  org TEXT NOT NULL,
  service TEXT NOT NULL,
  provider TEXT NOT NULL,
  cost_nano_usd INTEGER NOT NULL,
  PRIMARY KEY (hour, org, service, provider)
) WITHOUT ROWID;

-- Only the day of what was spent so far is known. Noon UTC lies in the day of the same date nearly everywhere.
INSERT INTO spending_1h
SELECT day || 'T12', org, service, provider, min(total(cost), 9007199254740991)
FROM (
  SELECT day, org, service, provider, cost_nano_usd AS cost FROM ledger_generations
  UNION ALL
  SELECT day, org, service, '', docstore_cost_nano_usd FROM ledger_requests
)
WHERE cost > 0 AND day >= (SELECT date(max(day), '-40 days') FROM ledger_requests)
GROUP BY day, org, service, provider;
