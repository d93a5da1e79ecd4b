// What the process remembers of conversations in use.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "usage/turn.hpp"

namespace ferry::conversation {

// Whose conversation, and which: the user's id; of a key without a user, minus the key's id; 0 without keys.
struct key {
    std::int64_t owner = 0, id = 0;

    bool operator==(const key&) const = default;
};
std::size_t hash_value(const key& which);

using messages = std::vector<usage::message>;

struct memory_options {
    std::size_t most_bytes = 64u << 20;  // of messages; more where requests are under way
    std::size_t most_messages = 100;     // of one conversation: those that may go into a request
    // How long what is remembered may be believed while nobody uses it: another process may add to the conversation.
    // Zero: for ever.
    std::chrono::milliseconds trusted{0};
};

// The last messages of conversations, so that a turn need not wait for the store, and so that a turn is seen by the
// next one though the store has not got it yet. Who needs no more is forgotten first; never what is in use, or has
// turns on their way to the store. Owned by: the application. Any thread; the lock is held for work in memory.
class memory {
    struct entry;

public:
    // A request's hold on a conversation. Lives on: one core at a time. REQUIRES: goes before the memory.
    class ticket {
    public:
        ticket() = default;
        ticket(ticket&& other) noexcept = default;
        ticket& operator=(ticket&& other) noexcept;
        ~ticket() { leave(); }

        explicit operator bool() const { return entry_ != nullptr; }

    private:
        friend class memory;
        ticket(memory& home, std::shared_ptr<entry> held) : home_(&home), entry_(std::move(held)) {}
        void leave();

        memory* home_ = nullptr;
        std::shared_ptr<entry> entry_;
    };

    explicit memory(const memory_options& options) : options_(options) {}

    void reconfigure(const memory_options& options);

    // Nothing if it is to be `alone` and somebody holds the conversation, or if somebody wanted to be alone.
    std::optional<ticket> join(const key& which, bool alone, steady::time_point now);

    // What is known of it; null: it must be loaded.
    std::shared_ptr<const messages> known(const ticket& of) const;
    // What the store has. What is known already is newer.
    void fill(const key& which, messages stored, std::int64_t next_position);

    // Behind all that is there. Returns the position of the first. Until stored(), it is not forgotten.
    // REQUIRES: it is known.
    std::int64_t add(const ticket& to, const messages& turn);
    // A turn that was added is in the store, or will never be.
    void stored(const key& which);

    // Whether turns of this owner, in this conversation or in any, are on their way to the store.
    bool has_unstored(std::int64_t owner, std::optional<std::int64_t> id) const;

    // It was removed: whoever holds it goes on with what he has, the next one finds nothing.
    void forget(const key& which);

    // Of the messages that are remembered.
    std::size_t bytes() const;
    std::size_t conversations() const;

private:
    struct entry {
        key which;
        std::shared_ptr<const messages> kept;  // null: not loaded
        std::int64_t next_position = 0;
        std::size_t bytes = 0;
        int holders = 0, unstored = 0;
        bool is_alone = false, is_forgotten = false;
        steady::time_point used{};

        bool is_idle() const { return holders == 0 && unstored == 0; }
    };

    void keep(entry& in, std::shared_ptr<const messages> what);
    void make_room();

    mutable std::mutex mutex_;
    memory_options options_;
    boost::unordered_flat_map<key, std::shared_ptr<entry>> entries_;
    boost::unordered_flat_map<std::int64_t, int> unstored_;  // turns by their owner
    std::size_t bytes_ = 0;
};

}  // namespace ferry::conversation
