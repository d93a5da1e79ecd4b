#pragma once

#include <span>

#include "store/model_store.hpp"

namespace ferry::store {

// Throws store_error unless every name is a column of ai_models, and there is one: names become part of a statement.
void require_model_columns(std::span<const column_value> values);

}  // namespace ferry::store
