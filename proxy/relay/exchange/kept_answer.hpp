// An answer as a message that can be stored, from whatever brings it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "openai/stream_aggregate.hpp"
#include "usage/turn.hpp"

namespace ferry::relay {

// Owned by: the transcript of an answer that is to be stored. Lives on: a core.
class kept_answer {
public:
    // The data of an event, one JSON object.
    void add_event(std::string_view data);
    // Bytes of an event that is too long to be held, as they come; then that this was all of it.
    void add_part(std::string_view bytes);
    void end_parts();
    // Bytes of a document.
    void add_document(std::string_view bytes);

    // The message of the first choice, as far as it came; nothing if it says nothing, or is too large to be kept.
    std::optional<usage::message> message();
    // It was too large, or its events contradict each other.
    bool is_lost() const { return is_lost_; }
    std::size_t bytes() const { return held_ + long_.size(); }

private:
    static constexpr std::size_t most_bytes = 32u << 20;

    bool has_room(std::size_t bytes);

    openai::stream_aggregate events_{most_bytes};
    std::string document_, long_;
    std::size_t held_ = 0;
    bool is_lost_ = false;
};

}  // namespace ferry::relay
