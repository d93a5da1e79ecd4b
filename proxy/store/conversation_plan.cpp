#include "store/conversation_plan.hpp"

#include <algorithm>

#include "base/utf8.hpp"
#include "store/store_error.hpp"

namespace ferry::store {
namespace {

// A position further ahead than turns under way can account for is none.
constexpr std::int64_t most_ahead = 1'000'000;

// PostgreSQL takes about a second for 16 MiB, and whoever wants one of the conversations waits as long.
constexpr std::size_t most_bytes_at_once = std::size_t{4} << 20;
constexpr std::size_t bytes_beside_text = 256;  // of a message, about

std::size_t weight_of(const turn_row& turn) {
    std::size_t bytes = 0;
    for (const message_row& message : turn.messages)
        bytes += static_cast<std::size_t>(bytes_of(message)) + bytes_beside_text;
    for (const std::string& text : turn.search_texts) bytes += text.size();
    return bytes;
}

}  // namespace

std::int64_t conversation_plan::choose(std::int64_t wanted, std::int64_t count, const is_taken& asked) const {
    if (wanted < state_.first_position || wanted - state_.next_position > most_ahead) return state_.next_position;
    if (wanted >= state_.next_position) return wanted;
    const std::int64_t end = wanted + count;
    const bool was_placed = std::any_of(placed_.begin(), placed_.end(),
                                        [&](const auto& one) { return one.first < end && wanted < one.second; });
    if (state_.gaps == 0 || was_placed || asked(wanted, end)) return state_.next_position;
    return wanted;
}

std::optional<std::int64_t> conversation_plan::place(const turn_row& turn, const is_taken& asked) {
    if (state_.last_deleted_at_us && turn.request_started_at_us < *state_.last_deleted_at_us) return std::nullopt;
    if (!state_.is_there) {
        state_.is_there = true;
        state_.title.clear();
        state_.created_at_us = turn.request_started_at_us;
        state_.updated_at_us = turn.ended_at_us;
    }
    state_.created_at_us = std::min(state_.created_at_us, turn.request_started_at_us);
    state_.updated_at_us = std::max(state_.updated_at_us, turn.ended_at_us);
    if (state_.title.empty()) state_.title = turn.title;

    const auto count = static_cast<std::int64_t>(turn.messages.size());
    const std::int64_t first = choose(turn.position, count, asked), end = first + count;
    const std::int64_t left_out = std::max<std::int64_t>(first - state_.next_position, 0);
    const std::int64_t filled = std::clamp<std::int64_t>(state_.next_position - first, 0, count);
    state_.gaps = std::max<std::int64_t>(state_.gaps + left_out - filled, 0);
    state_.next_position = std::max(state_.next_position, end);
    placed_.emplace_back(first, end);
    return first;
}

std::span<const turn_row> first_batch(std::span<const turn_row> turns) {
    std::size_t count = 0, bytes = 0;
    while (count < turns.size()) {
        bytes += weight_of(turns[count]);
        if (count != 0 && bytes > most_bytes_at_once) break;
        ++count;
    }
    return turns.first(count);
}

std::int64_t bytes_of(const message_row& message) {
    return static_cast<std::int64_t>(message.content.size() + (message.extra ? message.extra->size() : 0));
}

std::string_view search_text_of(const turn_row& turn, std::size_t message) {
    return message < turn.search_texts.size() ? std::string_view(turn.search_texts[message]) : std::string_view();
}

bool may_be_found(std::string_view words) {
    return is_utf8(words) && words.find('\0') == std::string_view::npos;
}

void require_title(std::string_view title) {
    if (!may_be_found(title)) throw row_refused("a title must be UTF-8 without zero bytes; choose another one");
}

std::int64_t first_of_tail(std::span<const message_place> backwards, std::size_t most_bytes) {
    std::int64_t first = backwards.front().position;
    std::uint64_t bytes = 0;
    for (const message_place& one : backwards) {
        bytes += static_cast<std::uint64_t>(one.bytes);
        if (bytes > most_bytes) break;
        first = one.position;
    }
    return first;
}

std::size_t purge_budget::spend(std::span<const message_place> found) {
    std::size_t count = 0;
    while (count < found.size() && messages() != 0) {
        bytes_ -= found[count++].bytes;
        --messages_;
    }
    return count;
}

}  // namespace ferry::store
