// What the catalog says of rows of ai_models, told to people.
#pragma once

#include <string>

#include "catalog/model_check.hpp"
#include "store/rows.hpp"

namespace ferry::app {

// Says on stderr what is odd about `row`, which is about to be written, and how to silence that. Throws exit_with{2},
// after naming every fault, if the catalog would refuse it. `before` is the row as it stands, null for a new one: a
// fault that it has already is a warning, so that a row can be repaired column by column.
void require_good(const store::catalog_rows& rows, const store::model_row& row, const store::model_row* before);

// "enabled", "disabled", or "refused" where a running Ferry leaves the row out.
std::string state_of(const store::model_row& row, const catalog::model_findings& found);

// One line for each fault and warning of an enabled row, "" if there is none.
std::string remarks_on(const store::model_row& row, const catalog::model_findings& found);

}  // namespace ferry::app
