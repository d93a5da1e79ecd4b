// Asks those that are left alone for something that costs nothing.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>
#include <vector>

#include "net/interrupt_slot.hpp"
#include "relay/exchange/circuits.hpp"
#include "relay/exchange/services.hpp"

namespace ferry::relay {

// With circuit.probe = "models": once in each cooldown of an open circuit, when half of it is over, GET <base>/models
// with the key of the row that failed last. An answer ends the cooldown, so that the next request is the probe of the
// circuit: it never closes it, for a provider that lists its models may well fail at the rest. Where there is no
// connection the cooldown begins anew. Owned by one core alone; lives on it. REQUIRES: it outlives what it spawned.
class active_probes {
public:
    using spawner = std::function<void(boost::asio::awaitable<void>)>;

    active_probes(services& core, spawner spawn) : core_(core), spawn_(std::move(spawn)) {}

    // From time to time.
    void tick();
    // Those under way end at once, and tell nothing.
    void stop();

private:
    // One of `under_way_` for as long as it lives.
    struct look_under_way {
        look_under_way(active_probes& owner, std::int64_t row) : row_id(row), of(owner) {
            of.under_way_.push_back(this);
        }
        ~look_under_way() { std::erase(of.under_way_, this); }
        look_under_way(const look_under_way&) = delete;
        look_under_way& operator=(const look_under_way&) = delete;

        const std::int64_t row_id;
        net::interrupt_slot slot;
        active_probes& of;
    };

    boost::asio::awaitable<void> look(access::snapshot pinned, std::int64_t row_id);
    boost::asio::awaitable<std::optional<look_outcome>> ask(const catalog::candidate& row, net::interrupt_slot& slot);
    boost::asio::awaitable<look_outcome> ask_on(upstream::connection& c, const catalog::candidate& row,
                                                net::interrupt_slot& slot);

    services& core_;
    spawner spawn_;
    std::vector<look_under_way*> under_way_;
};

}  // namespace ferry::relay
