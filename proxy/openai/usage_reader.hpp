#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "openai/fact_names.hpp"
#include "openai/token_usage.hpp"

namespace ferry::openai {

// Gathers the numbers of usage objects and judges them: of several objects the last sane one counts. An object is sane
// if each of its prompt, completion and total counts is absent, null or an integer 0..2^53, and not all are 0.
// Owned by: facts_reader.
class usage_reader {
public:
    void begin();
    // The value of a leaf: `number` is its raw text, or empty if it was something else than a number or null.
    void take(fact leaf, std::string_view number);
    void end();

    // The last sane object, completed by what stood outside of it.
    std::optional<token_usage> result() const;

private:
    token_usage current_;
    std::optional<token_usage> last_;
    std::optional<std::int64_t> hits_, beside_;  // other spellings of cached, in the current object
    std::optional<std::int64_t> timings_cached_;
    bool sane_ = true;
};

}  // namespace ferry::openai
