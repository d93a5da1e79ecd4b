// What a row says of going on with an answer that broke off elsewhere, and of a second try beside its own. Pure.
#pragma once

#include <boost/json/fwd.hpp>
#include <optional>

#include "base/fault.hpp"

namespace ferry::catalog {

// How an answer can be shown to it that it shall go on with.
enum class row_prefill : unsigned char { none, prefix, partial, final_message };

// regenerate: it is asked for the whole answer again. in_words: it is asked to go on. off: neither, and nobody goes on
// with its own answers.
enum class row_rescue : unsigned char { regenerate, in_words, off };

struct rescue_words {
    row_prefill prefill = row_prefill::none;
    row_rescue rescues = row_rescue::regenerate;
    std::optional<bool> hedges;
};

// Of the column `capabilities` the members `prefill` ("prefix", "partial" or "continue"), `rescue` ("regenerate",
// "continue" or "off") and `hedge` (true or false). Refused: anything else.
result<rescue_words> parse_rescue(const boost::json::object& capabilities);

}  // namespace ferry::catalog
