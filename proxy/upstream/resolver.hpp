// The addresses of providers, cached per core and refreshed off the path.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/fault.hpp"
#include "net/interrupt_slot.hpp"
#include "net/signal.hpp"
#include "upstream/name_lookup.hpp"

namespace ferry::upstream {

// A known name answers at once; after 30 s it is looked up again in the background while the old answer serves on, so
// that a name server that fails does not take running providers with it. Owned by a core; lives on it.
// REQUIRES: `lookup` outlives it and calls back only while `core` exists.
class resolver {
public:
    using addresses = std::vector<boost::asio::ip::address>;

    resolver(boost::asio::io_context& core, name_lookup& lookup) : core_(core), lookup_(lookup) {}

    // Waits only for a name never seen before (or whose last look-up failed over a second ago).
    // Fault: upstream_dns_error. Interrupted: an empty list.
    boost::asio::awaitable<result<addresses>> resolve(std::string host, net::interrupt_slot& slot);

private:
    struct entry {
        addresses known;
        std::string error;
        steady::time_point answered_at{};
        bool asking = false;
        std::vector<net::signal*> waiting;
    };
    void ask(const std::string& host, entry& of);

    boost::asio::io_context& core_;
    name_lookup& lookup_;
    std::unordered_map<std::string, std::shared_ptr<entry>> entries_;
};

}  // namespace ferry::upstream
