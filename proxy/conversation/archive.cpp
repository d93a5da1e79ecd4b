#include "conversation/archive.hpp"

#include <chrono>
#include <utility>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "conversation/message_text.hpp"
#include "store/store_error.hpp"

namespace ferry::conversation {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t most_loaded_bytes = 16u << 20;  // of one conversation
constexpr milliseconds between_looks{10};
constexpr std::chrono::hours purge_interval{1};
constexpr milliseconds between_purges{50};

fault unavailable(std::string why) {
    return fault::self(fault_code::conversation_unavailable,
                       "Conversations cannot be read or changed at the moment. Try again shortly.", std::move(why));
}

fault predecessor_waits() {
    return unavailable("What the process before this one wrote is not stored yet.");
}

store::message_row row_of(const usage::message& said) {
    store::message_row row;
    row.role = said.role;
    row.content = said.content;
    row.extra = said.extra;
    return row;
}

store::turn_row row_of(const usage::turn& from) {
    store::turn_row row;
    row.owner = from.owner;
    row.conversation_id = from.conversation_id;
    row.position = from.position;
    row.request_id = from.request_id;
    row.request_started_at_us = from.started_at_us;
    row.ended_at_us = from.ended_at_us;
    row.title = title_of(from.messages);
    for (const auto& said : from.messages) {
        row.messages.push_back(row_of(said));
        row.search_texts.push_back(text_of(said));
    }
    if (!from.has_answer || row.messages.empty()) return row;
    auto& answer = row.messages.back();
    answer.model_id = from.model_id;
    answer.model = from.model_name;
    answer.finish_reason = from.finish_reason;
    answer.end_reason = from.end_reason;
    answer.prompt_tokens = from.prompt_tokens;
    answer.completion_tokens = from.completion_tokens;
    return row;
}

usage::message message_of(store::message_row&& row) {
    return {std::move(row.role), std::move(row.content), std::move(row.extra)};
}

}  // namespace

archive::archive(memory& remembered)
    : memory_(remembered),
      thread_("conversations", [](const std::string& what) { log_error("Conversations: {}", what); }) {}

void archive::open(std::unique_ptr<store::conversation_store> readers,
                   std::unique_ptr<store::conversation_store> writers) {
    readers_ = std::move(readers);
    writers_ = std::move(writers);
}

void archive::ask(job what, done then) {
    const auto work = [this, what = std::move(what), then] {
        try {
            what(*readers_);
        } catch (const std::exception& error) {
            return then(unavailable(error.what()));
        }
        then(std::nullopt);
    };
    if (!thread_.post(work)) then(unavailable("Ferry is stopping."));
}

void archive::ask_when_stored(std::int64_t owner, std::optional<std::int64_t> id, steady::time_point until, job what,
                              done then) {
    const bool is_over = steady::now() >= until;
    if (is_over && is_behind()) return then(predecessor_waits());
    if (is_over || (!is_behind() && !memory_.has_unstored(owner, id))) return ask(std::move(what), std::move(then));
    const auto again = [this, owner, id, until, what = std::move(what), then] {
        ask_when_stored(owner, id, until, what, then);
    };
    if (!thread_.post_after(between_looks, again)) then(unavailable("Ferry is stopping."));
}

void archive::load(const key& which, std::size_t most_messages, steady::time_point until, done then) {
    if (is_behind()) {
        if (steady::now() >= until) return then(predecessor_waits());
        const auto again = [this, which, most_messages, until, then] { load(which, most_messages, until, then); };
        if (!thread_.post_after(between_looks, again)) then(unavailable("Ferry is stopping."));
        return;
    }
    const auto read = [this, which, most_messages](store::conversation_store& from) {
        auto tail = from.tail(which.owner, which.id, most_messages, most_loaded_bytes);
        messages all;
        all.reserve(tail.messages.size());
        for (auto& row : tail.messages) all.push_back(message_of(std::move(row)));
        memory_.fill(which, std::move(all), tail.next_position);
    };
    ask(read, std::move(then));
}

void archive::take(const std::vector<usage::turn>& turns) {
    std::vector<store::turn_row> rows;
    rows.reserve(turns.size());
    for (const auto& one : turns) rows.push_back(row_of(one));
    append(rows);
    for (const auto& one : turns) memory_.stored({one.owner, one.conversation_id});
}

// Where the store refuses a turn, halves find it.
void archive::append(std::span<const store::turn_row> rows) {
    try {
        writers_->append(rows);
        return;
    } catch (const store::row_refused& refusal) {
        if (rows.size() == 1) {
            return log_error("What request {} adds to conversation {} cannot be stored and is lost: {}",
                             rows.front().request_id, rows.front().conversation_id, refusal.what());
        }
    }
    const std::size_t middle = rows.size() / 2;
    append(rows.first(middle));
    append(rows.subspan(middle));
}

void archive::purge_after(std::chrono::seconds age) {
    purge_after_s_.store(age.count(), std::memory_order_relaxed);
    thread_.post([this] {
        if (!std::exchange(is_purging_, true)) purge();
    });
}

void archive::purge() {
    const auto age_s = purge_after_s_.load(std::memory_order_relaxed);
    bool has_more = false;
    try {
        if (age_s > 0) has_more = readers_->purge(wall_us() - age_s * 1'000'000);
    } catch (const std::exception& error) {
        log_warn("Removed conversations stay in the store for now: {}", error.what());
    }
    if (has_more)
        thread_.post_after(between_purges, [this] { purge(); });
    else
        thread_.post_after(purge_interval, [this] { purge(); });
}

}  // namespace ferry::conversation
