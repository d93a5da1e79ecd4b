#include "upstream/endpoint_sockets.hpp"

#include <algorithm>

#include "net/executor.hpp"
#include "upstream/connection.hpp"

namespace ferry::upstream {

namespace {
// After that a connection is rather made anew on another core than lent on on this one.
constexpr auto long_wait = std::chrono::milliseconds(100);
}  // namespace

socket_waiter::socket_waiter(boost::asio::io_context& on, std::int64_t limit) : core(on), most(limit), told(on) {}

socket_waiter::~socket_waiter() = default;

bool endpoint_sockets::take(std::int64_t most) {
    auto open = open_.load();
    do {
        if (most > 0 && (open >= most || is_waited_for())) return false;
    } while (!open_.compare_exchange_weak(open, open + 1));
    return true;
}

void endpoint_sockets::give_back() {
    --open_;
    if (is_waited_for()) grant();
}

bool endpoint_sockets::are_all_busy(std::int64_t most) {
    if (open_ < most) return false;
    const std::lock_guard lock(mutex_);
    return std::all_of(members_.begin(), members_.end(), [](const auto& one) { return one.figures->idle.read() == 0; });
}

void endpoint_sockets::grant() {
    const std::lock_guard lock(mutex_);
    while (!queue_.empty()) {
        auto open = open_.load();
        const auto first = queue_.front();
        while (open < first->most && !open_.compare_exchange_weak(open, open + 1)) {
        }
        if (open >= first->most) return;
        queue_.pop_front();
        --waiting_;
        first->has_socket = true;
        const std::weak_ptr<socket_waiter> target = first;
        net::post_to(first->core, [target] {
            if (const auto waits = target.lock()) waits->told.notify();
        });
    }
}

void endpoint_sockets::enter(const std::shared_ptr<socket_waiter>& who) {
    {
        const std::lock_guard lock(mutex_);
        queue_.push_back(who);
        ++waiting_;
        for (const auto& one : members_) {
            if (one.core == &who->core || one.figures->idle.read() == 0) continue;
            one.close_one();
            break;
        }
    }
    // Somebody may have given one back before it could be known that it is waited for.
    grant();
}

bool endpoint_sockets::leave(const std::shared_ptr<socket_waiter>& who) {
    const std::lock_guard lock(mutex_);
    if (who->has_socket) return true;
    std::erase(queue_, who);
    --waiting_;
    return false;
}

std::shared_ptr<socket_waiter> endpoint_sockets::next_on(const boost::asio::io_context& core) {
    const std::lock_guard lock(mutex_);
    auto found = std::find_if(queue_.begin(), queue_.end(), [&core](const auto& one) { return &one->core == &core; });
    if (found == queue_.end()) return nullptr;
    if (found != queue_.begin() && steady::now() - queue_.front()->since > long_wait) return nullptr;
    auto next = *found;
    queue_.erase(found);
    --waiting_;
    next->has_socket = true;
    return next;
}

void endpoint_sockets::join(member one) {
    const std::lock_guard lock(mutex_);
    members_.push_back(std::move(one));
}

void endpoint_sockets::part(const endpoint_figures& of) {
    const std::lock_guard lock(mutex_);
    std::erase_if(members_, [&of](const member& one) { return one.figures.get() == &of; });
}

std::shared_ptr<endpoint_sockets> all_endpoint_sockets::of(const std::string& pool_key) {
    const std::lock_guard lock(mutex_);
    std::erase_if(known_, [](const auto& one) { return one.second.expired(); });
    auto& known = known_[pool_key];
    auto one = known.lock();
    if (!one) known = one = std::make_shared<endpoint_sockets>();
    return one;
}

}  // namespace ferry::upstream
