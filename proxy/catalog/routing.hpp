// Which rows may answer a request, in which order. Pure: the weighted draw uses a random function that is passed in.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "base/fault.hpp"
#include "catalog/catalog.hpp"

namespace ferry::catalog {

// How long the first token of a row took of late, in microseconds; nothing where that is not known.
using row_speed = std::function<std::optional<std::int64_t>(std::int64_t row_id)>;

// What the request said: `id` wins over `model` where both are there.
struct request_choice {
    std::optional<std::int64_t> id;
    std::optional<std::string_view> model;  // decoded
    // What it is expected to use: what a row would cost is judged by it.
    std::int64_t prompt_tokens = 1000, completion_tokens = 1000;
    row_speed speed_of = {};  // may be empty: then nothing is known
};

// What the row would ask for a request of so many tokens, in pico-units of its currency.
inline std::int64_t expected_cost(const candidate& row, const request_choice& of) {
    const auto* tier = tier_for(row.tiers, of.prompt_tokens);
    const prices& price = tier == nullptr ? row.price : tier->price;
    const auto& further = tier == nullptr ? row.further : tier->further;
    const __int128 sum = static_cast<__int128>(price.input) * of.prompt_tokens +
                         static_cast<__int128>(price.output) * of.completion_tokens + further.request.value_or(0);
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    return sum > most ? most : static_cast<std::int64_t>(sum);
}

// Returns a number in [0, bound), each equally likely. REQUIRES of the caller: bound > 0.
using random_below = std::function<std::uint64_t(std::uint64_t bound)>;

inline constexpr std::size_t max_candidates = 16;

struct route {
    // What the client chose: the row's model_name, or a virtual name. A key's list of models is checked against it.
    std::string_view model_name;
    // At most max_candidates, each once: the first is asked first, the next if that one cannot answer. None where the
    // model exists but all its rows are refused.
    boost::container::small_vector<const candidate*, 4> candidates;
};

// Orders the candidates: the row with the given id, then the rows of the same model by priority and, within one
// priority, by a draw in proportion to their weights; then likewise the rows of the fallback models, breadth first.
// Views and pointers are valid as long as `models`. Faults: missing_model (400) if the choice is empty; model_not_found
// (404) if there is no enabled row of this id or name.
result<route> choose(const catalog& models, const request_choice& choice, const random_below& random);

// Why a row is among the candidates and where it stands, for people: "priority 0, weight 1".
std::string reason_for(const catalog& models, const candidate& row, std::string_view chosen, bool is_by_id);

// Why nobody can be asked, for the client: model_unavailable (503); nothing where there is a candidate. Apart from
// choose(), so that a key that may not use the model hears that first.
std::optional<fault> unavailable(const route& chosen);

}  // namespace ferry::catalog
