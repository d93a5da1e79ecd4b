// What both stores decide alike about conversations. Pure but for the question it asks of the store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/conversation_rows.hpp"

namespace ferry::store {

using conversation_key = std::pair<std::int64_t, std::int64_t>;  // the owner, the id

inline conversation_key key_of(const turn_row& turn) {
    return {turn.owner, turn.conversation_id};
}

// A line of the table conversations, as far as turns change it.
struct conversation_state {
    std::string title;
    std::int64_t created_at_us = 0, updated_at_us = 0;
    bool is_there = false;                           // not so if it was removed or is yet to be made
    std::optional<std::int64_t> last_deleted_at_us;  // also of one that is there again
    // Its messages stand from `first_position` up to `next_position`, which is not among them. Below the first one are
    // those that were removed. `gaps` of the positions are empty: what belongs there has not come yet, or never will.
    std::int64_t first_position = 0, next_position = 0, gaps = 0;
};

// Puts turns one after the other into one conversation. Owned by: the transaction that holds the conversation's lock.
class conversation_plan {
public:
    // Whether some message stands at `first` or behind it, before `end`, that was stored before the plan was begun.
    using is_taken = std::function<bool(std::int64_t first, std::int64_t end)>;

    conversation_plan() = default;
    explicit conversation_plan(conversation_state begun) : state_(std::move(begun)) {}

    // The position of the turn's first message; nothing if the turn began before the conversation was removed.
    // REQUIRES: the turn has messages and is not stored yet.
    std::optional<std::int64_t> place(const turn_row& turn, const is_taken& asked);

    const conversation_state& state() const { return state_; }  // as it is with the turns that were placed
    bool is_changed() const { return !placed_.empty(); }

private:
    std::int64_t choose(std::int64_t wanted, std::int64_t count, const is_taken& asked) const;

    conversation_state state_;
    std::vector<std::pair<std::int64_t, std::int64_t>> placed_;  // first and end
};

// The turns at the front, one at least, that go into one transaction: others wait for its locks, and a call to a server
// must come to its end.
std::span<const turn_row> first_batch(std::span<const turn_row> turns);

// Of content and extra.
std::int64_t bytes_of(const message_row& message);

// The text of the message to search in; "" if it has none.
std::string_view search_text_of(const turn_row& turn, std::size_t message);

// Whether a text of the store may hold it. PostgreSQL takes no others to look for.
bool may_be_found(std::string_view words);

// Throws row_refused for a title that not every store can keep.
void require_title(std::string_view title);

// Of a page of messages, which has one at least. A purge, a page and a tail are bounded in bytes: some messages are
// megabytes.
inline constexpr std::size_t most_page_bytes = 32u << 20;

// A message without its text.
struct message_place {
    std::int64_t position = 0;
    std::int64_t bytes = 0;
};

// The position from which on the messages have at most so many bytes together, the last one whatever its size.
// `backwards`: from the last one on. REQUIRES: not empty.
std::int64_t first_of_tail(std::span<const message_place> backwards, std::size_t most_bytes);

// What one purge may take away: to free a long message takes a store much longer than a short one.
class purge_budget {
public:
    std::size_t messages() const { return bytes_ > 0 ? messages_ : 0; }
    // How many of these, from the first on, it pays for; they are then spent.
    std::size_t spend(std::span<const message_place> found);

private:
    std::size_t messages_ = 500;
    std::int64_t bytes_ = std::int64_t{16} << 20;
};

// How many conversations one purge looks at.
inline constexpr int most_purged = 100;

}  // namespace ferry::store
