// Turns what SQLite reports into the exceptions of store_error.hpp.
#pragma once

#include <string>
#include <string_view>

struct sqlite3;

namespace ferry::store::sqlite {

// Throws the kind of store_error that the result code `rc` stands for. `doing` completes "cannot ..."; `where` is the
// file; `db` gives the details and may be null.
[[noreturn]] void fail(sqlite3* db, int rc, std::string_view doing, const std::string& where);

}  // namespace ferry::store::sqlite
