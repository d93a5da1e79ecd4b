// Joins a chat's stream to another.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/fault.hpp"
#include "relay/answer/seam.hpp"
#include "relay/exchange/continuation.hpp"
#include "relay/exchange/given_answer.hpp"

namespace ferry::relay {

// Owned by a rescue; lives on its core. Pure. REQUIRES: `given` is whole, and outlives the seam.
class chat_seam final : public seam {
public:
    chat_seam(const given_answer& given, const continuation& how);

    result<std::string> on_event(std::string_view data) override;
    std::optional<fault> on_end() const override;
    bool is_passed() const override { return has_begun_; }

private:
    bool take_choice(std::string_view choice, std::string& out);
    bool take_delta(std::string_view delta, std::string& out);
    std::string usage_of_all(std::string_view usage) const;
    bool is_behind() const { return said_left_.empty() && thought_left_.empty(); }

    std::string_view said_left_, thought_left_;  // what must come again
    const bool has_text_;                        // the client's thoughts are complete: others are dropped
    const std::int64_t asked_tokens_;            // of the answer those that this try counts as asked
    std::string id_, created_, model_;           // as the first answer spells them, "" where it has none
    bool has_begun_ = false;
    bool carries_ = false;  // there is something new in the event at hand
};

}  // namespace ferry::relay
