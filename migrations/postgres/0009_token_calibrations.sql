-- What each instance of Ferry has learnt of the tokens of a model from usage that was reported: estimates are made by
-- the sums of all of them.
CREATE TABLE token_calibrations (
    instance TEXT NOT NULL,
    model TEXT NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('prompt', 'completion')),
    text TEXT NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (instance, model, direction)
);
