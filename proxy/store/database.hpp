#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "store/budget_store.hpp"
#include "store/calibration_store.hpp"
#include "store/catalog_watch.hpp"
#include "store/conversation_store.hpp"
#include "store/key_store.hpp"
#include "store/limit_store.hpp"
#include "store/model_store.hpp"
#include "store/options.hpp"
#include "store/people_store.hpp"
#include "store/route_store.hpp"
#include "store/sql_runner.hpp"
#include "store/usage_store.hpp"

namespace ferry::store {

struct migration_name {
    std::int64_t version = 0;  // 1 for 0001_initial.sql
    std::string name;          // "initial"
};

// One configured store: hands out its interfaces and brings its schema up to date.
// Owned by: application or a CLI command. Lives on: any thread; the calls block and may be made from several threads.
// What it hands out is independent of it and of each other (each has its own connection, opened at the first call),
// belongs to the caller, and is used by one thread at a time.
// Every call here and in the interfaces throws store_error or one of its kinds; see store_error.hpp.
class database {
public:
    virtual ~database() = default;

    virtual std::unique_ptr<model_store> models() = 0;
    virtual std::unique_ptr<key_store> keys() = 0;
    virtual std::unique_ptr<route_store> routes() = 0;
    virtual std::unique_ptr<people_store> people() = 0;
    virtual std::unique_ptr<limit_store> limits() = 0;
    virtual std::unique_ptr<budget_store> budgets() = 0;
    virtual std::unique_ptr<usage_store> usage() = 0;
    virtual std::unique_ptr<conversation_store> conversations() = 0;
    virtual std::unique_ptr<calibration_store> calibrations() = 0;
    virtual std::unique_ptr<sql_runner> sql() = 0;
    // Tells of the catalog's changes as they happen; nothing where the store cannot, and asking is cheap enough.
    virtual std::unique_ptr<catalog_watch> watch_catalog(std::function<void()> look) = 0;

    // What migrate() would apply, oldest first; changes nothing, also where there is no store yet.
    // Throws store_error if the schema is newer than this program or an applied migration was edited afterwards.
    virtual std::vector<migration_name> pending_migrations() = 0;
    // Applies what is pending, each in its own transaction, and returns it. Safe to run in several processes at once.
    virtual std::vector<migration_name> migrate() = 0;

    // From now on no call takes longer than this, those under way included: the process is about to end.
    virtual void hurry(std::chrono::milliseconds most) = 0;

    // Where the store is, for people: absolute, without a password.
    virtual std::string description() const = 0;
};

// Whether the url names a server, which may be away, and not a file of this machine.
bool is_server_url(std::string_view url);

// What is wrong with the url of a server, "" if nothing. Does no I/O, and never repeats the url: it may hold a
// password.
std::string check_server_url(const std::string& url);

// Understands `sqlite:PATH` (the file, mode 0600, and its folder are made at the first call) and `postgres://...`.
// Does no I/O. Throws store_error for anything else.
std::unique_ptr<database> open(const options& chosen);

// What `serve` and the commands call first: migrates if options.auto_migrate, else throws store_error if the schema
// is not up to date. Returns what was applied.
std::vector<migration_name> prepare(database& db, const options& chosen);

}  // namespace ferry::store
