#pragma once

#include <string>
#include <string_view>

namespace ferry::store::postgres {

// Where a PostgreSQL store is, and how to get there.
struct address {
    std::string connection;   // every keyword with its value, as libpq takes them. Holds the password: never logged
    std::string description;  // for people: user, host, port and database
    bool limits_statements = false;  // the url sets statement_timeout itself
};

// True for what address_of() may understand: `postgres://...` and `postgresql://...`.
bool is_postgres_url(std::string_view url);

// What the url leaves open gets a value that keeps a call from waiting for ever on a server or a network that is gone:
// connect_timeout, keepalives, tcp_user_timeout. Throws store_error, which does not repeat the url, for it may hold a
// password. Does no I/O.
address address_of(const std::string& url);

}  // namespace ferry::store::postgres
