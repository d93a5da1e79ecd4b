#pragma once

#include "relay/books/budget.hpp"
#include "relay/exchange/request.hpp"
#include "relay/request/repair_memory.hpp"

namespace ferry::relay {

// Asks again without what the provider refused: a few times for one request and candidate, and never for the same
// member twice. Owned by the relay of one request. The repairs of the next try stand in x.adjusted.
class request_repairs {
public:
    request_repairs(request& x, const catalog::candidate& to) : x_(x), to_(to) {
        x.adjusted = {};
        if (!is_possible()) return;
        x.adjusted = x.core.learned.of(to.id, version());
        if (x.adjusted.any()) x.adjusted = applicable(x.adjusted);
    }

    // What an error answer said must go. True if another try without it may succeed.
    // REQUIRES: the request's body is still there.
    bool take(provider::repair_set refused) {
        if (!is_possible()) return false;
        const auto more = applicable(refused & ~x_.adjusted);
        if (more.none() || count_ == most) {
            // The request went out with repairs that were learnt earlier, and one of them may be what is refused now:
            // a member under its old name, say, which a new version of the service no longer knows.
            if (refused.any() && x_.adjusted.any()) x_.core.learned.forget(to_.id);
            return false;
        }
        x_.adjusted |= more;
        ++count_;
        return true;
    }

    // The provider took the request as it was.
    void keep() {
        const auto learned = provider::lasting(x_.adjusted);
        if (count_ > 0 && learned.any()) x_.core.learned.add(to_.id, version(), learned);
    }

    int count() const { return count_; }

private:
    static constexpr int most = 3;  // services complain of one member at a time

    // What providers refuse of it is known for chat alone.
    bool is_possible() const { return x_.operation.words == openai::wording::chat; }
    std::int64_t version() const { return x_.pinned.models->version(); }
    provider::repair_set applicable(provider::repair_set wanted) const {
        auto found = provider::applicable(wanted, x_.asked, x_.body.view());
        // A bound that Ferry puts in goes by the name the provider knows.
        if (adds_length(x_)) found |= wanted & provider::repair_of("max_tokens");
        return found;
    }

    request& x_;
    const catalog::candidate& to_;
    int count_ = 0;
};

}  // namespace ferry::relay
