// Every client key of the store, ready to be looked up by requests.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "access/api_key.hpp"
#include "access/credentials.hpp"
#include "access/principal.hpp"
#include "base/fault.hpp"
#include "base/secret.hpp"
#include "base/shard_map.hpp"
#include "catalog/refused_row.hpp"
#include "store/rows.hpp"

namespace ferry::access {

// The key a connection presented last and was let in with: clients send the same one with every request, so it is
// hashed and looked up once per connection and table. Owned by a connection; lives on its core.
class recent_key {
    friend class key_table;
    secret presented_;
    std::uint64_t table_ = 0;  // the serial number of the table that knew it
    const principal* holder_ = nullptr;
    std::int64_t valid_until_us_ = 0;
};

// An immutable snapshot of api_keys. One that follows another shares with it what is equal.
// Owned by: shared_ptr<const key_table>, held by each core and by the requests that began with it.
// Lives on: any thread.
class key_table {
public:
    key_table() = default;
    // A bad row (public_id, hash or allowed_models) is left out and named in refused(); the others are served.
    explicit key_table(std::span<const store::key_row> rows);
    // The table after `before`, in which these rows are new or have changed and the rows with these ids are gone. Takes
    // time as the changes are many, not as the table is large.
    key_table(const key_table& before, std::span<const store::key_row> changed, std::span<const std::int64_t> gone);
    key_table(const key_table&) = delete;
    key_table& operator=(const key_table&) = delete;

    // The holder of a key: looked up by its public part, then compared by SHA-256 of the whole in constant time.
    // A key is good while it is enabled, before expires_at, and, once rotated, before grace_until (`now_us`:
    // microseconds since the epoch). Fault: invalid_api_key, after the same work and with the same text for unknown,
    // disabled and expired keys. The pointer is never null and valid as long as the table.
    // Where it is the key `recent` remembers, of this very table, hash and look-up are saved. Remembers it on success.
    result<const principal*> authenticate(std::string_view presented, std::int64_t now_us, recent_key& recent) const;

    // Why authenticate() refused `presented` at `now_us`, and which key that would be: its public_id, "" if it names
    // none. For operators alone. Costs what authenticate() costs, whatever the reason.
    struct refusal {
        key_refusal why = key_refusal::unknown;
        std::string public_id;
    };
    refusal why_refused(std::string_view presented, std::int64_t now_us) const;

    // Who the key is, whether it is good now or not: for the operator's questions. Null if there is none of this
    // public_id.
    const principal* find_holder(std::string_view public_id) const;

    std::size_t size() const { return by_public_id_.size(); }
    const std::vector<catalog::refused_row>& refused() const { return *refused_; }

private:
    struct entry {
        std::string public_id;
        sha256_digest digest{};
        std::int64_t valid_until_us = 0;              // the first instant at which the key is no longer good
        key_refusal why_then = key_refusal::expired;  // what it is from then on
        principal holder;
    };

    using entry_ptr = std::shared_ptr<const entry>;
    using refused_list = std::vector<catalog::refused_row>;
    class step;

    struct match {
        const entry* known = nullptr;  // by its public part
        bool is_equal = false;
    };
    match look_up(std::string_view presented) const;
    result<const entry*> find(std::string_view presented, std::int64_t now_us) const;

    std::uint64_t serial_ = 0;                             // no two tables of the process have the same
    shard_map<std::string_view, entry_ptr> by_public_id_;  // views into the entries
    shard_map<std::int64_t, entry_ptr> by_id_;
    std::shared_ptr<const refused_list> refused_ = std::make_shared<const refused_list>();  // by id
};

}  // namespace ferry::access
