// Makes a candidate of one row of ai_models. Pure.
#pragma once

#include "base/fault.hpp"
#include "catalog/catalog.hpp"
#include "catalog/secret_source.hpp"
#include "store/rows.hpp"

namespace ferry::catalog {

// The fault's message is why the row is refused: it names the column and what is allowed, and repeats no secret.
result<candidate> build_candidate(const store::model_row& row, const secret_source& secrets);

}  // namespace ferry::catalog
