#include "upstream/resolver.hpp"

#include "net/executor.hpp"
#include "net/signal.hpp"

namespace ferry::upstream {

namespace asio = boost::asio;

namespace {

struct waiter {
    explicit waiter(asio::io_context& core) : told(core) {}
    net::signal told;
    name_cache::answer has;
};

}  // namespace

asio::awaitable<result<resolver::addresses>> resolver::resolve(std::string host, net::interrupt_slot& slot) {
    boost::system::error_code not_an_address;
    const auto literal = asio::ip::make_address(host, not_an_address);
    if (!not_an_address) {
        addresses one(1, literal);
        co_return std::move(one);
    }
    const auto waits = std::make_shared<waiter>(core_);
    // Whoever stops waiting is not there any more when the answer comes.
    const std::weak_ptr<waiter> target = waits;
    auto* core = &core_;
    name_cache::callback tell = [core, target](name_cache::answer got) {
        net::post_to(*core, [target, got = std::move(got)] {
            const auto still_waits = target.lock();
            if (!still_waits) return;
            still_waits->has = got;
            still_waits->told.notify();
        });
    };
    waits->has = names_.find(host, std::move(tell));
    if (!waits->has) {
        const net::interrupt_slot::holder waiting(slot, waits->told);
        co_await waits->told.wait();
    }
    if (!waits->has) {
        addresses none;
        co_return std::move(none);
    }
    auto found = waits->has->addresses;
    if (found.empty()) {
        co_return fault::upstream(
            fault_code::upstream_dns_error, retry_advice::next_candidate,
            "The upstream's host name cannot be resolved.",
            "Host '" + host + "': " + waits->has->error + ". Check api_endpoint and this machine's name service.");
    }
    co_return std::move(found);
}

name_cache::answer resolver::known(const std::string& host) {
    boost::system::error_code not_an_address;
    asio::ip::make_address(host, not_an_address);
    if (!not_an_address) return nullptr;
    return names_.find(host, [](const name_cache::answer&) {});
}

}  // namespace ferry::upstream
