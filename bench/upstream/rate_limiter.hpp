#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "io/timer_heap.hpp"
#include "upstream/action.hpp"

namespace ferry::bench {

// Holds back who asks for more than an action's rate_limit allows, by key and model, as OpenAI does: buckets that fill
// up evenly, and what is left in x-ratelimit-* headers. Owned by: the server. Lives on: any thread.
class rate_limiter {
public:
    // What becomes of `what`: it with the headers added, or a 429. REQUIRES: what->limit says a limit.
    std::shared_ptr<const action> apply(const std::shared_ptr<const action>& what, std::string_view key,
                                        std::string_view model, std::int64_t tokens, steady::time_point now);
    void clear();

private:
    struct bucket {
        double left = 0;
        std::int64_t limit = 0;
        steady::time_point at{};

        void fill(std::int64_t limit_now, steady::time_point now);
        double seconds_until(double wanted) const;
    };
    struct two_buckets {
        bucket requests, tokens;
    };

    static void add_headers(const char* of, const bucket& b, action& to);
    static void refuse(const char* of, const bucket& b, double wanted, std::string_view model, action& to);

    std::mutex mutex_;
    std::unordered_map<std::string, two_buckets> buckets_;  // by key and model
};

// {"requests_per_minute", "tokens_per_minute"}. Throws std::invalid_argument: what it must be.
rate_limit rate_limit_of(const boost::json::value& source);

// As in OpenAI's headers: "120ms", "1.2s", "6m0s".
std::string told_duration(double seconds);

}  // namespace ferry::bench
