// Lets requests in by what their key, user and team may use.
#pragma once

#include <array>
#include <atomic>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/fault.hpp"
#include "limits/meter.hpp"
#include "limits/party_key.hpp"

namespace ferry::limits {

// That a request was let in. It counts as running until it is destroyed; the tokens it was expected to use count until
// settle() tells how many it did. Move-only. Owned by: the request. Any thread.
class ticket {
public:
    ticket() = default;
    ticket(ticket&& other) noexcept { *this = std::move(other); }
    ticket& operator=(ticket&& other) noexcept;
    ~ticket() { leave(); }

    explicit operator bool() const { return count_ != 0; }
    // What it used in truth, prompt and answer. Nothing said: what was expected.
    void settle(std::int64_t tokens, std::int64_t now_ms) {
        used_ = tokens;
        ended_ms_ = now_ms;
    }

private:
    friend class limiter;
    void leave();

    std::array<std::shared_ptr<meter>, 3> meters_;
    std::size_t count_ = 0;
    std::int64_t expected_ = 0, used_ = 0, began_ms_ = 0, ended_ms_ = 0;
};

struct party_state {
    access::party who;
    limit_state is;
};

fault limit_is_reached(access::party whose, const shortage& why);
// The fault of the first that would not let the request in.
std::optional<fault> refusal_of(std::span<const party_state> states);

// Owned by: the application, shared by all cores. Any thread; locks are held for some hundred nanoseconds.
// Times are milliseconds of the steady clock.
class limiter {
public:
    struct admission {
        ticket in;
        std::optional<fault> refused;
        bool must_wait = false;  // others are asked what they use: try again after when_told()
        allowances left;         // the request counted, if it is let in
    };
    // `tokens` are expected. Either all of the limits let it in or it counts for none. Fault: rate_limit_exceeded,
    // which says whose limit it is and how long to wait. REQUIRES: at most one of each party, in their order.
    // `is_patient`: it may wait.
    admission admit(std::span<const access::party_limits> limits, std::int64_t tokens, std::int64_t now_ms,
                    bool is_patient = false);

    // Calls back once, on another thread, when others have told what they use or could not be asked.
    void when_told(std::function<void()> then);
    // Of the exchange: who waits for what it is about to hear.
    std::vector<std::function<void()>> take_waiting();
    // Others cannot be asked: nobody waits for them.
    void lose_others() { replicas_ = 1; }

    // Where the limits stand for such a request, which is not counted.
    std::vector<party_state> look(std::span<const access::party_limits> limits, std::int64_t tokens,
                                  std::int64_t now_ms);

    // `told` is called, on any thread, when somebody is here for the first time, or after a pause. Before the first
    // use.
    void on_new(std::function<void()> told) { on_new_ = std::move(told); }

    // What those use who used something since `since_ms`. Forgets who uses nothing.
    std::vector<store::limit_use_row> collect(std::int64_t since_ms, std::int64_t now_ms);
    // Hears what others use of the same as `asked`; returns what is to be told to them.
    std::vector<store::limit_use_row> share(std::span<const store::limit_use_row> asked,
                                            const store::limits_of_others& others, std::int64_t turn,
                                            std::int64_t now_ms);

private:
    struct shard {
        std::mutex lock;
        boost::unordered_flat_map<std::uint64_t, std::shared_ptr<meter>> meters;
    };
    shard& shard_of(std::uint64_t key) { return shards_[party_shard(key)]; }
    std::shared_ptr<meter> meter_of(const access::party_limits& limits);
    std::shared_ptr<meter> find(std::uint64_t key);

    std::function<void()> on_new_;
    std::atomic<int> replicas_{1};  // as of the last exchange
    std::mutex waiting_lock_;
    std::vector<std::function<void()>> waiting_;
    std::array<shard, party_shards> shards_;
};

}  // namespace ferry::limits
