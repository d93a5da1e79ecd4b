#pragma once

#include <span>

#include "store/column_value.hpp"
#include "store/people_store.hpp"
#include "store/rows.hpp"

namespace ferry::store {

// Throws store_error unless every name is a column of ai_models, and there is one: names become part of a statement.
void require_model_columns(std::span<const column_value> values);

// Likewise for the columns of api_keys that may be changed.
void require_key_columns(std::span<const column_value> values);

// Likewise for those of `users` or `teams`.
void require_people_columns(people of, std::span<const column_value> values);

// The row as these values would make it, were they written. What does not fit its column is noted in row.defect, as
// reading it from a store would. `created_at` and `updated_at` change nothing.
void set_columns(model_row& row, std::span<const column_value> values);

}  // namespace ferry::store
