#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "store/column_value.hpp"
#include "store/rows.hpp"

namespace ferry::store {

// The client keys and the users they belong to. Whole keys never come here, only their hashes.
// Owned by: a CLI command. Lives on: one store thread; every call blocks.
class key_store {
public:
    virtual ~key_store() = default;

    virtual std::vector<key_row> list_keys() = 0;  // by id
    // Returns the id; `id`, `created_at_us` and `last_used_at_us` of the row are ignored. row_refused if the public_id
    // exists already.
    virtual std::int64_t add_key(const key_row& key) = 0;
    // False if there is no such key. store_error for a column that does not exist or that no change may touch: what the
    // key is known by.
    virtual bool change_key(std::int64_t id, std::span<const column_value> values) = 0;
    // False if there is no such key. A revoked key stays in the table, so that its usage keeps a name.
    virtual bool revoke_key(std::int64_t id) = 0;
    // Adds `successor` (see add_key) and lets the old key work until `grace_until_us`, in one transaction. Returns the
    // successor's id. row_refused if there is no such old key.
    virtual std::int64_t rotate_key(std::int64_t old_id, const key_row& successor, std::int64_t grace_until_us) = 0;

    // The id of the user of that id or name; a name that nobody has yet becomes a new user. row_refused for an id (all
    // digits) that nobody has.
    virtual std::int64_t find_or_add_user(const std::string& id_or_name) = 0;

    // What people call the users, by id.
    using names = std::map<std::int64_t, std::string>;
    virtual names user_names() = 0;
};

}  // namespace ferry::store
