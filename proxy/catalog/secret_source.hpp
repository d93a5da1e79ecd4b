// Keys that the table names instead of holding: `env:NAME` and `file:PATH`.
#pragma once

#include <functional>
#include <string_view>

#include "base/fault.hpp"
#include "base/secret.hpp"

namespace ferry::catalog {

// Whether an api_key column refers to a key (`env:` or `file:`) rather than being one.
bool is_secret_reference(std::string_view api_key);

// Gives the key a reference stands for. The fault names the variable or the path, never what it holds.
using secret_source = std::function<result<secret>(std::string_view reference)>;

// The real source: the environment and the files of this machine. A file is at most 16 KiB; line ends at its end are
// cut off; a missing, unreadable or empty variable or file is a fault. Blocks on the file system: store threads only.
result<secret> read_secret(std::string_view reference);

}  // namespace ferry::catalog
