// The addresses of providers, known to all cores.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"
#include "upstream/name_source.hpp"

namespace ferry::upstream {

// A name is asked for once at a time, whoever waits for it. Addresses serve for as long as the name service vouches for
// them, but at least 5 s and at most 5 min. After that they serve on, at most a day, while they are looked up again in
// the background; so a name service that fails takes no running provider with it. That a name does not exist, or could
// not be looked up, is believed for a second. What nobody has used for 10 min is forgotten.
//
// Owned by the application; shared by the cores: any thread may call. A mutex is held for the time of a search; it is
// asked for new connections only. REQUIRES: the source outlives it or has stopped.
class name_cache {
public:
    // Immutable.
    struct known {
        std::vector<boost::asio::ip::address> addresses;
        std::string error;  // why there are none
    };
    using answer = std::shared_ptr<const known>;
    using callback = std::function<void(answer)>;

    using clock = std::function<steady::time_point()>;

    explicit name_cache(name_source& source, clock now = steady::now) : source_(source), now_(std::move(now)) {}

    // What is known, or null: then `done` is called once it is, on the source's thread or before this returns.
    answer find(const std::string& host, callback done);

    std::size_t size() const;

private:
    struct entry {
        answer has;
        steady::time_point fresh_until{}, usable_until{}, used_at{};
        std::chrono::seconds patience{1};  // after a failure, before the next look-up
        bool is_asked = false;
        std::vector<callback> waiting;
    };
    void take(const std::string& host, lookup_answer got);
    static void learn(entry& of, lookup_answer got, steady::time_point now);
    void forget_unused(steady::time_point now);

    name_source& source_;
    const clock now_;
    mutable std::mutex mutex_;  // guards what follows
    std::unordered_map<std::string, entry> entries_;
    steady::time_point looked_over_at_{};
};

}  // namespace ferry::upstream
