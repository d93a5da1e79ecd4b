#include "store/postgres/error.hpp"

#include <pqxx/except>

#include "store/failure.hpp"

namespace ferry::store::postgres {
namespace {

using kind = failure_kind;

struct rule {
    std::string_view state;  // of SQLSTATE, or its beginning
    failure means;
};

// The first that fits counts.
constexpr rule rules[] = {
    {"42P01", {kind::unavailable, "if it belongs to Ferry's schema, run `ferry migrate`"}},
    {"42703", {kind::unavailable, "if it belongs to Ferry's schema, run `ferry migrate`"}},
    {"3F", {kind::unavailable, "check the schema of the database, and run `ferry migrate`"}},
    {"42501", {kind::unavailable, "grant the right to the user of store.url"}},
    {"42", {kind::wrong, "correct the statement"}},
    {"2200", {kind::refused, "correct the value named"}},
    {"22", {kind::refused, "correct the value named"}},
    {"23", {kind::refused, "correct the value named"}},
    {"44", {kind::refused, "correct the value named"}},
    {"54", {kind::refused, "make the value smaller"}},
    {"P0001", {kind::refused, "a trigger of the database refused it: correct the value, or the trigger"}},
    {"55P03", {kind::unavailable, "another transaction holds it: try again"}},
    {"40", {kind::unavailable, "another transaction was in the way: try again"}},
    {"57014", {kind::unavailable, "it took too long: look what the server is busy with"}},
    {"25006", {kind::unavailable, "the server takes no writes: let store.url name the primary"}},
    {"53", {kind::unavailable, "free some disk space, memory or connections of the server"}},
    {"0A", {kind::wrong, "correct the statement"}},
    {"25", {kind::wrong, "correct the statement"}},
    {"2D", {kind::wrong, "correct the statement"}},
    {"34", {kind::wrong, "correct the statement"}},
    {"3B", {kind::wrong, "correct the statement"}},
};

// A connection that was not made has no SQLSTATE in libpqxx: what the server or libpq said of it tells what to do.
struct refusal {
    std::string_view words;
    const char* advice;
};
constexpr refusal refusals[] = {
    {"password authentication failed",
     "check user and password in store.url or DATABASE_URL; special characters of a password are written as %XX"},
    {"no password supplied", "put the password into store.url or DATABASE_URL: postgres://USER:PASSWORD@HOST/DATABASE"},
    {"no pg_hba.conf entry", "let the server's pg_hba.conf admit this user from this machine, perhaps with TLS"},
    {"authentication failed", "check the user in store.url or DATABASE_URL, and the server's pg_hba.conf"},
    {"role \"", "check the user in store.url or DATABASE_URL, or make it with `createuser`"},
    {"database \"", "check the database in store.url or DATABASE_URL, or make it with `createdb`"},
    {"could not translate host name",
     "check the host in store.url or DATABASE_URL, and that this machine can resolve it"},
    {"certificate", "check sslmode and sslrootcert in store.url or DATABASE_URL"},
    {"does not support SSL", "check sslmode in store.url or DATABASE_URL"},
    {"too many connections", "raise the server's max_connections, or let fewer programs connect"},
    {"too many clients", "raise the server's max_connections, or let fewer programs connect"},
    {"starting up", "the server is starting: try again"},
    {"Is the server running", "check that the server runs, and host and port in store.url or DATABASE_URL"},
    {"Connection refused", "check that the server runs, and host and port in store.url or DATABASE_URL"},
};

failure meaning_of_failure(std::string_view said) {
    for (const refusal& one : refusals) {
        if (said.find(one.words) != std::string_view::npos) return {kind::unavailable, one.advice};
    }
    return {kind::unavailable, "check that the server runs and see its log"};
}

failure meaning_of(std::string_view state) {
    for (const rule& one : rules) {
        if (state.starts_with(one.state)) return one.means;
    }
    return {kind::unavailable, "check that the server runs and see its log"};
}

}  // namespace

void rethrow(std::string_view doing, const std::string& where) {
    try {
        throw;
    } catch (const pqxx::sql_error& error) {
        throw_failure(meaning_of(error.sqlstate()), doing, where, error.what());
    } catch (const pqxx::failure& error) {  // a broken connection, or a commit of which nobody knows
        throw_failure(meaning_of_failure(error.what()), doing, where, error.what());
    }
}

}  // namespace ferry::store::postgres
