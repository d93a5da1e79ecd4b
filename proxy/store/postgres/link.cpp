#include "store/postgres/link.hpp"

#include "store/store_error.hpp"

namespace ferry::store::postgres {

connection& link::get() {
    // A server that was restarted meanwhile is no reason to fail.
    if (open_ && open_->is_doubtful()) open_.reset();
    if (!open_) open_.emplace(place_->where);
    return *open_;
}

void link::fail_for_silence(const char* doing) const {
    throw store_unavailable(std::string("cannot ") + doing + " in " + place_->where.description +
                            ": the server did not answer in time; check that it runs and is not overloaded");
}

// For this transaction alone: behind a pooler the session belongs to others too.
std::string link::settings(access wanted, std::chrono::milliseconds most) const {
    std::string sql;
    if (wanted == access::reading) sql = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; ";
    sql += "SET LOCAL timezone = 'UTC'; SET LOCAL lock_timeout = " + std::to_string(place_->lock_timeout.count());
    // A little before the watchdog, so that the server says why and the connection may live.
    if (!place_->where.limits_statements)
        sql += "; SET LOCAL statement_timeout = " + std::to_string(most.count() * 9 / 10);
    return sql;
}

}  // namespace ferry::store::postgres
