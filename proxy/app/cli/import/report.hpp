// How `ferry keys import` says what it took and what it did not.
#pragma once

#include <string>

#include "app/cli/import/apply.hpp"

namespace ferry::app::takeover {

std::string report_as_text(const report& made);
std::string report_as_json(const report& made);

}  // namespace ferry::app::takeover
