// How `ferry keys list` shows keys: never the key, never its hash.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "store/rows.hpp"

namespace ferry::app {

std::string keys_as_table(std::span<const store::key_row> rows, std::int64_t now_us);
std::string keys_as_json(std::span<const store::key_row> rows);

}  // namespace ferry::app
