// Joins a stream of typed events, as that of a response, to another.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "relay/answer/seam.hpp"
#include "relay/exchange/given_answer.hpp"

namespace ferry::relay {

// Event by event: of those with a piece of text the text must be the same, of the others what they are about. Owned by
// a rescue; lives on its core. Pure. REQUIRES: `given` is whole, and outlives the seam.
class typed_seam final : public seam {
public:
    explicit typed_seam(const given_answer& given);

    result<std::string> on_event(std::string_view data) override;
    std::optional<fault> on_end() const override;
    bool is_passed() const override { return has_begun_; }
    std::int64_t next_sequence() const override { return next_; }

private:
    struct event_place;
    static event_place place_of(std::string_view data);
    void learn(std::string_view data);
    std::string rewritten(std::string_view data, std::string_view rest);
    std::string response_of(std::string_view response) const;
    std::string item_of(std::string_view item, std::int64_t index) const;
    // Of the text before the next mark, or behind all of them, what must still come.
    std::string_view text_left() const;
    bool is_behind() const { return mark_ == given_.marks().size() && text_left().empty(); }

    const given_answer& given_;
    std::size_t mark_ = 0, text_ = 0;               // what has come again
    std::string response_id_;                       // as the first answer spells them
    std::map<std::int64_t, std::string> item_ids_;  // by their place in the answer
    std::int64_t next_ = 0;
    bool has_begun_ = false;
};

}  // namespace ferry::relay
