#include "upstream/resolver.hpp"

#include <algorithm>

#include "net/executor.hpp"

namespace ferry::upstream {

namespace asio = boost::asio;

namespace {
constexpr auto fresh_for = std::chrono::seconds(30);
constexpr auto failed_for = std::chrono::seconds(1);
}  // namespace

void resolver::ask(const std::string& host, entry& of) {
    of.asking = true;
    const std::weak_ptr<entry> target = entries_[host];
    auto* core = &core_;
    lookup_.ask(host, [core, target](lookup_answer answer) {
        net::post_to(*core, [target, found = std::move(answer)] {
            const auto known = target.lock();
            if (!known) return;
            known->asking = false;
            known->answered_at = steady::now();
            known->error = found.error;
            if (found.error.empty()) known->known = found.addresses;
            for (auto* waiter : known->waiting) waiter->notify();
            known->waiting.clear();
        });
    });
}

asio::awaitable<result<resolver::addresses>> resolver::resolve(std::string host, net::interrupt_slot& slot) {
    boost::system::error_code not_an_address;
    const auto literal = asio::ip::make_address(host, not_an_address);
    if (!not_an_address) {
        addresses one(1, literal);
        co_return std::move(one);
    }
    auto& place = entries_[host];
    if (!place) place = std::make_shared<entry>();
    const auto known = place;
    const auto age = steady::now() - known->answered_at;
    const bool stale = known->known.empty() ? age > failed_for : age > fresh_for;
    if (stale && !known->asking) ask(host, *known);
    if (known->known.empty() && known->asking) {
        net::signal answered(core_);
        known->waiting.push_back(&answered);
        {
            const net::interrupt_slot::holder waiting(slot, answered);
            co_await answered.wait();
        }
        auto& waiters = known->waiting;
        waiters.erase(std::remove(waiters.begin(), waiters.end(), &answered), waiters.end());
        if (known->asking) {
            addresses none;
            co_return std::move(none);
        }
    }
    if (known->known.empty()) {
        co_return fault::upstream(fault_code::upstream_dns_error, retry_advice::next_candidate,
                                  "The upstream's host name cannot be resolved.",
                                  "Host '" + host + "': " + known->error +
                                      ". Check api_endpoint and this machine's name service.");
    }
    auto found = known->known;
    co_return std::move(found);
}

}  // namespace ferry::upstream
