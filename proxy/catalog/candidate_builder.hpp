// Makes a candidate of one row of ai_models. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/fault.hpp"
#include "catalog/catalog.hpp"
#include "catalog/secret_source.hpp"
#include "store/rows.hpp"

namespace ferry::catalog {

// The fault's message is why the row is refused: it names the columns and what is allowed, and repeats no secret.
result<candidate> build_candidate(const store::model_row& row, const secret_source& secrets);

// What the message above consists of; empty if the row can be served.
std::vector<std::string> candidate_faults(const store::model_row& row, const secret_source& secrets);

}  // namespace ferry::catalog
