// Conversations in the store, for those who serve requests and for the journal.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/fault.hpp"
#include "conversation/memory.hpp"
#include "store/conversation_store.hpp"
#include "store/store_thread.hpp"
#include "usage/turn.hpp"

namespace ferry::conversation {

// Calls the store on a thread of its own, and takes turns that come out of the journal on the shipper's.
// Owned by: the application. REQUIRES: the memory outlives it.
class archive final : public usage::turn_sink {
public:
    using job = std::function<void(store::conversation_store&)>;
    using done = std::function<void(std::optional<fault>)>;

    explicit archive(memory& remembered);

    // Before the first use. `readers` is used on the thread of this archive, `writers` where take() is called.
    void open(std::unique_ptr<store::conversation_store> readers, std::unique_ptr<store::conversation_store> writers);
    // Likewise: whether the store knows what earlier processes left in the journal.
    void set_caught_up(std::function<bool()> is_caught_up) { is_caught_up_ = std::move(is_caught_up); }

    // Runs `what` with the store, then `then` on the same thread: with a fault if the store cannot be used now.
    // Any thread; `then` is called once, whatever happens.
    void ask(job what, done then);

    // The same, once what this process and those before it have to add to the owner's conversation, or to any, is in
    // the store; or at `until`, with a fault where those before it are not done.
    void ask_when_stored(std::int64_t owner, std::optional<std::int64_t> id, steady::time_point until, job what,
                         done then);

    // Brings the end of a conversation into the memory. Waits, until `until`, for what processes before this one left.
    void load(const key& which, std::size_t most_messages, steady::time_point until, done then);

    // Turns that no store takes are told of, and are lost.
    void take(const std::vector<usage::turn>& turns) override;

    // Every hour: what was removed longer ago than this goes for good. Zero: nothing does.
    void purge_after(std::chrono::seconds age);

    // Nothing is asked afterwards.
    void stop() { thread_.stop(); }

private:
    bool is_behind() const { return is_caught_up_ && !is_caught_up_(); }
    void purge();
    void append(std::span<const store::turn_row> rows);

    memory& memory_;
    std::unique_ptr<store::conversation_store> readers_, writers_;
    std::function<bool()> is_caught_up_;
    std::atomic<std::int64_t> purge_after_s_{0};
    bool is_purging_ = false;
    store::store_thread thread_;  // last: its jobs use all of the above
};

}  // namespace ferry::conversation
