#pragma once

#include <memory>
#include <string>
#include <vector>

#include "store/key_store.hpp"
#include "store/model_store.hpp"
#include "store/options.hpp"
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
    virtual std::unique_ptr<usage_store> usage() = 0;
    virtual std::unique_ptr<sql_runner> sql() = 0;

    // What migrate() would apply, oldest first; changes nothing, also where there is no store yet.
    // Throws store_error if the schema is newer than this program or an applied migration was edited afterwards.
    virtual std::vector<migration_name> pending_migrations() = 0;
    // Applies what is pending, each in its own transaction, and returns it. Safe to run in several processes at once.
    virtual std::vector<migration_name> migrate() = 0;

    // Where the store is, for people: absolute, without a password.
    virtual std::string description() const = 0;
};

// Understands `sqlite:PATH`. Does no I/O: the file (mode 0600) and its folder are made at the first call.
std::unique_ptr<database> open(const options& chosen);

// What `serve` and the commands call first: migrates if options.auto_migrate, else throws store_error if the schema
// is not up to date. Returns what was applied.
std::vector<migration_name> prepare(database& db, const options& chosen);

}  // namespace ferry::store
