// How `ferry models list` shows rows. Upstream keys are never shown, only where they come from.
#pragma once

#include <string>

#include "app/cli/model_columns.hpp"
#include "store/rows.hpp"

namespace ferry::app {

// "0.004 / 0.012 USD" of prompt and completion, "free", or "unknown" where no price was given.
std::string prices_text(const store::model_row& row, price_unit unit);
// Whether prompt and completion both have a price. 0 in cost_per_1k_tokens alone is none: it is what the column holds
// where nobody wrote one. 0 in the columns of their own is free.
bool has_price(const store::model_row& row);

// Below the table stands why rows are refused, and what is odd about others.
std::string models_as_table(const store::catalog_rows& rows, price_unit unit);
std::string models_as_json(const store::catalog_rows& rows);

}  // namespace ferry::app
