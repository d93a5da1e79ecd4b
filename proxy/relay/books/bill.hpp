// At what a request is billed: the prices of the row that answered it, for a prompt as long as its own.
#pragma once

#include "catalog/catalog.hpp"
#include "usage/price.hpp"
#include "usage/records.hpp"

namespace ferry::relay {

struct billed_units;
struct request;

// Without a price for units.
usage::bill_prices prices_on(const catalog::candidate& row, const openai::token_usage& used);

// Somebody wrote a price for prompt and completion.
bool has_token_price(const catalog::candidate& row, const openai::token_usage& used);

// The cost of record.tokens and `units`, and what else its row must say so that it can be computed again.
void put_bill(const request& x, const billed_units& units, usage::end_record& record);

}  // namespace ferry::relay
