// How `ferry keys list` shows keys: never the key, never its hash.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "app/cli/limit_use.hpp"
#include "store/people_store.hpp"
#include "store/rows.hpp"

namespace ferry::app {

struct key_owners {
    std::map<std::int64_t, store::person_row> users, teams;  // by id
};
key_owners read_owners(store::people_store& people);

std::string keys_as_table(std::span<const store::key_row> rows, const key_owners& owners, const limit_uses& uses,
                          std::int64_t now_us);
std::string keys_as_json(std::span<const store::key_row> rows, const key_owners& owners, const limit_uses& uses);

}  // namespace ferry::app
