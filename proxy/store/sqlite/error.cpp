#include "store/sqlite/error.hpp"

#include <sqlite3.h>

#include "store/failure.hpp"

namespace ferry::store::sqlite {
namespace {

using kind = failure_kind;

bool tells_of_missing_schema(std::string_view details) {
    return details.starts_with("no such table") || details.starts_with("no such column") ||
           details.find("has no column named") != std::string_view::npos;
}

failure meaning_of(int rc, std::string_view details) {
    switch (rc & 0xff) {
        case SQLITE_CONSTRAINT:
        case SQLITE_MISMATCH:
        case SQLITE_TOOBIG:
            return {kind::refused, "correct the value named"};
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return {kind::unavailable, "another process is writing to it: try again"};
        case SQLITE_FULL:
            return {kind::unavailable, "free some disk space"};
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
        case SQLITE_AUTH:
        case SQLITE_READONLY:
            return {kind::unavailable, "check that file and folder exist and that this user may write to both"};
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return {kind::unavailable, "it is damaged or no SQLite database: restore it from a backup"};
        case SQLITE_ERROR:
            if (tells_of_missing_schema(details)) {
                return {kind::unavailable, "if it belongs to Ferry's schema, run `ferry migrate`"};
            }
            return {kind::wrong, "correct the statement"};
        default:
            return {kind::unavailable, "check the disk and the system's log"};
    }
}

}  // namespace

void fail(sqlite3* db, int rc, std::string_view doing, const std::string& where) {
    const std::string details = db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(rc);
    throw_failure(meaning_of(rc, details), doing, where, details);
}

}  // namespace ferry::store::sqlite
