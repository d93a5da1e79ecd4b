#pragma once

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "store/conformance/store_fixture.hpp"
#include "store/store_error.hpp"

namespace ferry::store {

inline message_row message_of(std::string role, std::string content) {
    message_row made;
    made.role = std::move(role);
    made.content = std::move(content);
    return made;
}

// Two messages, "NAME?" and "NAME!", of a request that lasted a millisecond.
inline turn_row turn_of(std::int64_t owner, std::int64_t conversation, const std::string& name, std::int64_t position,
                        std::int64_t started_at_us) {
    turn_row made;
    made.owner = owner;
    made.conversation_id = conversation;
    made.request_id = name;
    made.request_started_at_us = started_at_us;
    made.ended_at_us = started_at_us + 1000;
    made.position = position;
    made.title = "title of " + name;
    made.messages = {message_of("user", '"' + name + "?\""), message_of("assistant", '"' + name + "!\"")};
    made.search_texts = {name + "?", name + "!"};
    return made;
}

struct conversation_fixture : store_fixture {
    std::unique_ptr<conversation_store> chats = db->conversations();

    std::size_t add(const turn_row& turn) { return chats->append(std::span(&turn, 1)); }
    // "0 a?,1 a!", what the conversation holds; "none" if it is not there.
    std::string said(std::int64_t owner, std::int64_t id, const page_of& page = {.most = 1000, .is_ascending = true}) {
        const auto found = chats->messages(owner, id, page);
        return found ? text_of(*found) : "none";
    }
    static std::string text_of(const std::vector<message_row>& messages) {
        std::string text;
        for (const message_row& one : messages) {
            text += (text.empty() ? "" : ",") + std::to_string(one.position) + " ";
            std::remove_copy(one.content.begin(), one.content.end(), std::back_inserter(text), '"');
        }
        return text;
    }
    std::string listed(std::int64_t owner, const page_of& page = {.most = 1000}, const std::string& words = "") {
        const auto found = chats->list(owner, page, words);
        if (!found) return "none";
        std::string text;
        for (const conversation_row& one : *found) text += (text.empty() ? "" : ",") + std::to_string(one.id);
        return text;
    }
    std::int64_t count(std::int64_t owner, std::int64_t id) { return chats->find(owner, id).value().message_count; }
};

}  // namespace ferry::store
