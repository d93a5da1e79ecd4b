#pragma once

#include <pqxx/connection>
#include <pqxx/errorhandler>

#include "store/postgres/address.hpp"

namespace ferry::store::postgres {

// One connection to the server. It never reconnects by itself, in which notifications would be lost: after any
// exception of libpqxx it is thrown away.
// Owned by: its link, or the catalog's watch. Lives on: one thread at a time.
class connection {
public:
    // Connects; takes at most the address's connect_timeout. Throws pqxx::failure.
    explicit connection(const address& to);
    ~connection();
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    pqxx::connection& get() { return connection_; }
    // A duplicate that stays open as long as this: shutting it down ends the call that waits for the server.
    int socket() const { return socket_; }
    // Whether the server has closed its side.
    bool was_closed() const;
    // Whether it has, or has spoken unasked, as it does before it closes.
    bool is_doubtful() const;

private:
    pqxx::connection connection_;
    pqxx::quiet_errorhandler no_notices_;  // libpqxx would print them
    int socket_;
};

}  // namespace ferry::store::postgres
