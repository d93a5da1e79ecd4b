// Waits for the addresses of a name, on one core.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <vector>

#include "base/fault.hpp"
#include "net/interrupt_slot.hpp"
#include "upstream/name_cache.hpp"

namespace ferry::upstream {

// Owned by a core; lives on it. REQUIRES: `names` outlives it and calls back only while `core` exists.
class resolver {
public:
    using addresses = std::vector<boost::asio::ip::address>;

    resolver(boost::asio::io_context& core, name_cache& names) : core_(core), names_(names) {}

    // Waits only for a name of which no address is known. Fault: upstream_dns_error. Interrupted: an empty list.
    boost::asio::awaitable<result<addresses>> resolve(std::string host, net::interrupt_slot& slot);

    // Without waiting: what is known of a name; null for a literal address, and if nothing is. A name whose time is
    // over is looked up again.
    name_cache::answer known(const std::string& host);

private:
    boost::asio::io_context& core_;
    name_cache& names_;
};

}  // namespace ferry::upstream
