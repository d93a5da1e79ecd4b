// What a database's error means to Ferry, and the exception of store_error.hpp that says so.
#pragma once

#include <string>
#include <string_view>

namespace ferry::store {

enum class failure_kind { refused, unavailable, wrong };

struct failure {
    failure_kind kind;
    std::string_view advice;  // what to do next
};

// Throws row_refused, store_unavailable or store_error. `doing` completes "cannot ..."; `where` is the file or server;
// `details` are the database's own words.
[[noreturn]] void throw_failure(const failure& what, std::string_view doing, std::string_view where,
                                std::string_view details);

}  // namespace ferry::store
