#pragma once

#include <string>
#include <string_view>

namespace ferry::store::postgres {

// Makes one of the store's errors of the libpqxx exception that is being handled: what could not be done, where, why,
// and what to do. Any other exception goes on as it is.
// REQUIRES: called in a catch block.
[[noreturn]] void rethrow(std::string_view doing, const std::string& where);

}  // namespace ferry::store::postgres
