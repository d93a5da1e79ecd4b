#include "upstream/name_lookup.hpp"

#include <netdb.h>
#include <netinet/in.h>

#include <algorithm>

namespace ferry::upstream {

namespace ip = boost::asio::ip;

namespace {

constexpr int lookup_threads = 4;

lookup_answer look_up(const std::string& host) {
    lookup_answer answer;
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* found = nullptr;
    int failure = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
    if (failure == EAI_NONAME || failure == EAI_ADDRFAMILY || failure == EAI_NODATA) {
        // A machine whose only address is loopback has no family configured; ask again without that filter.
        hints.ai_flags = 0;
        failure = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
    }
    if (failure != 0) {
        answer.error = ::gai_strerror(failure);
        return answer;
    }
    for (const auto* one = found; one != nullptr; one = one->ai_next) {
        ip::address address;
        if (one->ai_family == AF_INET) {
            const auto* v4 = reinterpret_cast<const sockaddr_in*>(one->ai_addr);
            address = ip::address_v4(ntohl(v4->sin_addr.s_addr));
        } else if (one->ai_family == AF_INET6) {
            const auto* v6 = reinterpret_cast<const sockaddr_in6*>(one->ai_addr);
            ip::address_v6::bytes_type bytes;
            std::copy(std::begin(v6->sin6_addr.s6_addr), std::end(v6->sin6_addr.s6_addr), bytes.begin());
            address = ip::address_v6(bytes, v6->sin6_scope_id);
        } else {
            continue;
        }
        auto& all = answer.addresses;
        if (std::find(all.begin(), all.end(), address) == all.end()) all.push_back(address);
    }
    ::freeaddrinfo(found);
    if (answer.addresses.empty()) answer.error = "the name has no address";
    return answer;
}

}  // namespace

name_lookup::name_lookup() : queue_(std::make_shared<shared_queue>()) {
    for (int i = 0; i < lookup_threads; ++i) std::thread(work, queue_).detach();
}

name_lookup::~name_lookup() {
    stop();
}

void name_lookup::stop() {
    const std::lock_guard lock(queue_->mutex);
    queue_->stopping = true;
    queue_->jobs.clear();
    queue_->wake.notify_all();
}

void name_lookup::ask(std::string host, callback done) {
    const std::lock_guard lock(queue_->mutex);
    queue_->jobs.emplace_back(std::move(host), std::move(done));
    queue_->wake.notify_one();
}

void name_lookup::work(const std::shared_ptr<shared_queue>& queue) {
    for (;;) {
        std::pair<std::string, callback> job;
        {
            std::unique_lock lock(queue->mutex);
            queue->wake.wait(lock, [&] { return queue->stopping || !queue->jobs.empty(); });
            if (queue->stopping) return;
            job = std::move(queue->jobs.front());
            queue->jobs.pop_front();
        }
        auto answer = look_up(job.first);
        const std::lock_guard lock(queue->mutex);
        // The cores the callback posts to are gone once the owner is.
        if (queue->stopping) return;
        job.second(std::move(answer));
    }
}

}  // namespace ferry::upstream
