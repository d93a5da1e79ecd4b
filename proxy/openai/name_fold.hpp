// When two names are one to a reader that ignores case.
#pragma once

#include <string_view>

namespace ferry::openai {

// Whether `key` is `name` as Go's encoding/json folds: ASCII case, U+017F as s, U+212A as k. REQUIRES: `name` is ASCII.
bool folds_to(std::string_view key, std::string_view name);

}  // namespace ferry::openai
