#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace ferry::store {

// What a process used of the limits of a key, user or team in the last minute and day, and may use until it tells
// again.
struct limit_use_row {
    std::string party;  // "key", "user", "team"
    std::int64_t party_id = 0;
    std::int64_t minute_requests = 0, minute_tokens = 0, day_requests = 0, day_tokens = 0, parallel = 0;
    std::array<std::int64_t, 5> shares{};  // of the same, what it may use until it tells again

    bool operator==(const limit_use_row&) const = default;
};

// The same of all other processes together, as far as they told, shares included; what they told a while ago has faded
// since.
struct limits_of_others {
    std::vector<limit_use_row> used;
    int replicas = 1;  // this process and those that told something within the last seconds
    int rank = 0;      // of this process among them, 0, 1, ...
};
using limit_decision = std::function<std::vector<limit_use_row>(const limits_of_others& others)>;

// Where processes tell each other what they use. Owned by: the limits' exchange. Lives on: its thread; calls block.
class limit_store {
public:
    virtual ~limit_store() = default;

    // Reads what the others use of the same as `asked`, and writes what `decide` then says that `instance` uses. One
    // process after the other. Throws store_error, also after decide() was called.
    virtual void exchange(const std::string& instance, std::span<const limit_use_row> asked,
                          const limit_decision& decide) = 0;
    // What all of them together use, faded likewise, without shares.
    virtual std::vector<limit_use_row> used() = 0;
    // Forgets what nobody told of for more than a day.
    virtual void forget_old_use() = 0;
};

}  // namespace ferry::store
