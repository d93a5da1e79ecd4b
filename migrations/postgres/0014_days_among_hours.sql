-- Each report asks whether its window has sums that were kept per day. Hardly any are, so the index is next to nothing;
-- without it all sums were read for the question.
CREATE INDEX usage_hourly_days ON usage_hourly (hour) WHERE operation = '';
