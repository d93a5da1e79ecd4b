// Which account issued an id, and for whom.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "access/principal.hpp"
#include "base/fault.hpp"

namespace ferry::relay {

struct id_owner {
    std::int64_t row = 0;  // of ai_models
    std::optional<std::int64_t> key_id, user_id;

    // Whether it was issued to this caller: to the user, or to the very key where it has none.
    bool is_of(const access::principal& who) const {
        return user_id || who.user_id ? user_id == who.user_id : key_id == who.key_id;
    }
};

// The name under which it is noted that the usage of what an id stands for has been booked.
inline std::string usage_mark(std::string_view id) {
    return std::string(id) + ":usage";
}

// What the process remembers of issued ids; the store knows all of them, once their usage rows are there.
// Owned by the application; shared by all cores, under a lock that is held for a look-up in memory. Bounded: what was
// not asked for lately is forgotten, and asked of the store again.
class id_owners {
public:
    // `then` is called on any thread. A fault: the store is away.
    using answer = std::function<void(result<std::optional<id_owner>>)>;
    using asker = std::function<void(std::string id, answer then)>;

    void set_store(asker ask) { ask_ = std::move(ask); }

    std::optional<id_owner> find(std::string_view id);
    void add(std::string_view id, const id_owner& owner);
    // Asks the store and remembers what it says.
    void look_up(std::string id, answer then);

private:
    static constexpr std::size_t most = 50'000;  // in each of the two
    using table = boost::unordered_flat_map<std::string, id_owner>;

    std::mutex mutex_;
    table recent_, before_;
    asker ask_;
};

}  // namespace ferry::relay
