-- That a budget is used up was told to its webhook: once in a period, and again after it grew. Whoever writes the row
-- tells it.
CREATE TABLE budget_notices (
    party TEXT NOT NULL CHECK (party IN ('key', 'user', 'team')),
    party_id BIGINT NOT NULL,
    period_start TIMESTAMPTZ NOT NULL,
    budget_pico BIGINT NOT NULL,
    PRIMARY KEY (party, party_id)
);
