#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "store/conversation_rows.hpp"

namespace ferry::store {

// Which part of a list: `most` entries behind the one with id `after`, in the order asked for.
struct page_of {
    std::size_t most = 20;
    std::optional<std::int64_t> after;
    bool is_ascending = false;
};

// Conversations and their messages. Keyed (owner, id): no call can see another owner's, and one that was removed is as
// one that never was. Owned by: the recorder, the shipper, or a CLI command. Lives on: one store thread; calls block.
// Throws store_unavailable, or row_refused where the data cannot be stored.
class conversation_store {
public:
    virtual ~conversation_store() = default;

    // Makes an empty conversation; nothing if the owner has one of that id.
    virtual std::optional<conversation_row> create(std::int64_t owner, std::int64_t id, const std::string& title,
                                                   std::int64_t now_us) = 0;
    virtual std::optional<conversation_row> find(std::int64_t owner, std::int64_t id) = 0;
    virtual std::optional<conversation_row> rename(std::int64_t owner, std::int64_t id, const std::string& title,
                                                   std::int64_t now_us) = 0;
    // False if there is none. Turns begun before `now_us` that are stored later do not bring it back.
    virtual bool remove(std::int64_t owner, std::int64_t id, std::int64_t now_us) = 0;

    // By (created_at, id), newest first unless ascending. `words`: those whose title or some message's text holds it,
    // whatever the case; "" for all. An `after` that is not among the owner's gives nothing (std::nullopt).
    virtual std::optional<std::vector<conversation_row>> list(std::int64_t owner, const page_of& page,
                                                              const std::string& words) = 0;
    // By position, and no more than about 32 MiB of them, one at least. Nothing (std::nullopt) if there is no such
    // conversation, or no such message in it.
    virtual std::optional<std::vector<message_row>> messages(std::int64_t owner, std::int64_t id,
                                                             const page_of& page) = 0;

    // The last messages, in order, at most so many and so many bytes of content and extra together (one message at
    // least, unless `most` is 0), and in front of them the last one of the role system or developer before them; empty
    // where there is no such conversation. `next_position` is where the next message goes, for turn_row::position: not
    // 0 in an empty conversation that came after one that was removed.
    struct tail_of {
        std::int64_t next_position = 0;
        std::vector<message_row> messages;
    };
    virtual tail_of tail(std::int64_t owner, std::int64_t id, std::size_t most, std::size_t most_bytes) = 0;

    // Adds turns, each whole or not at all, and makes conversations that are not there, as old as the turn's request. A
    // turn that is stored already (same request_id and request_started_at_us), or has no messages, changes nothing. The
    // messages of a turn go to `position` and behind it, also where those before it have not come yet; where something
    // is there already, or position is below the first of the conversation, to its end. One that began before its
    // conversation was removed is dropped. Durable when it returns. Returns how many turns were new. What throws may
    // have stored some of the turns: they are known when they are given again.
    virtual std::size_t append(std::span<const turn_row> turns) = 0;

    // Takes away some of what was removed before `before_us`; true if more may be left. One call is short. REQUIRES: no
    // turn begun before `before_us` is given to append() again: the store would not know any more what was removed.
    virtual bool purge(std::int64_t before_us) = 0;
};

}  // namespace ferry::store
