#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string_view>

#include "base/clock.hpp"

namespace ferry::relay {

// How many tries at one endpoint may be repetitions: a share of its requests, and enough for somebody who is alone, so
// that an endpoint in trouble does not get several times its load. A bucket of `most` repetitions for each endpoint;
// each takes one out, each request puts `share` of one in, and each second one. Endpoints whose names fall together
// share a bucket. Owned by the application and shared by the cores; any thread may call. An endpoint at which nothing
// was repeated of late costs one look at an atomic number.
class retry_budget {
public:
    static constexpr std::int64_t most = 10;

    // A request is about to be asked of it for the first time.
    void note_request(std::string_view endpoint, double share) {
        auto& at = bucket_of(endpoint);
        if (at.spent.load(std::memory_order_relaxed) > 0) add(at, share);
    }
    // May one be repeated there now? With a share of 0 none may, with 1 each.
    bool take(std::string_view endpoint, double share, steady::time_point now);

private:
    struct bucket {
        std::atomic<std::int64_t> spent{0};  // thousandths; 0: it is full
        std::mutex mutex;                    // of what follows
        steady::time_point at{};
    };
    bucket& bucket_of(std::string_view endpoint);
    static void add(bucket& to, double share);

    std::array<bucket, 256> buckets_;
};

}  // namespace ferry::relay
