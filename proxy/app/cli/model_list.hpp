// How `ferry models list` shows rows. Upstream keys are never shown, only where they come from.
#pragma once

#include <span>
#include <string>

#include "store/rows.hpp"

namespace ferry::app {

std::string models_as_table(std::span<const store::model_row> rows);
std::string models_as_json(std::span<const store::model_row> rows);

}  // namespace ferry::app
