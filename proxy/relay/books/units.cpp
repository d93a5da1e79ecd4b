#include "relay/books/units.hpp"

#include <string>

#include "openai/member_finder.hpp"
#include "openai/text_length.hpp"
#include "relay/books/bill.hpp"

namespace ferry::relay {

namespace {

using openai::unit_kind;

// The provider did what was asked, whether or not all of it reached the client.
bool was_done(const request& x) {
    using usage::end_reason;
    const auto reason = x.end.reason;
    const bool is_good = x.answer_status >= 200 && x.answer_status <= 203;
    return is_good &&
           (reason == end_reason::done || reason == end_reason::client_gone || reason == end_reason::upstream_cut);
}

std::optional<std::int64_t> count_of(const request& x) {
    const auto& counted = x.said.counted();
    switch (x.operation.unit) {
        case unit_kind::images:
            return x.said.last_events() > 0 ? x.said.last_events() : counted.listed;
        case unit_kind::seconds:
            return counted.seconds;
        case unit_kind::characters:
            return x.asked_characters;
        case unit_kind::bytes:
            return x.operation.body == openai::body_kind::form ? x.asked_bytes : x.said.bytes();
        case unit_kind::searches:
            return counted.searches;
        case unit_kind::pages:
            return counted.pages;
        case unit_kind::requests:
            return 1;
        case unit_kind::tokens:
        case unit_kind::none:
            break;
    }
    return std::nullopt;
}

// "images:hd:1024x1024", else "images:1024x1024", "images:hd", "images".
std::optional<std::int64_t> price_of(const request& x, std::string_view kind) {
    const std::string base(kind);
    const std::string size = x.asked_size.empty() ? "" : ":" + x.asked_size;
    const std::string quality = x.asked_quality.empty() ? "" : ":" + x.asked_quality;
    for (const auto& name : {base + quality + size, base + size, base + quality, base}) {
        for (const auto& one : x.answered_by->unit_prices) {
            if (one.unit == name) return one.pico;
        }
    }
    return std::nullopt;
}

}  // namespace

billed_units units_of(const request& x) {
    billed_units billed;
    if (x.answered_by == nullptr || !was_done(x)) return billed;
    // Who asks about something was billed for it when it was made.
    billed.is_request = x.operation.unit != unit_kind::none && x.operation.model != openai::model_place::owner_of_id;
    const auto kind = openai::to_text(x.operation.unit);
    if (x.operation.unit == unit_kind::tokens || kind.empty()) return billed;
    billed.count = count_of(x);
    // What is billed by its tokens is not billed once more.
    const bool is_paid_by_tokens = x.bill.tokens.has_counts() && has_token_price(*x.answered_by, x.bill.tokens);
    if (!is_paid_by_tokens) billed.price_pico = price_of(x, kind);
    // What counts tokens and no units is billed by those.
    if (!billed.count && x.said.usage()) return {.is_request = billed.is_request};
    billed.kind = kind;
    return billed;
}

}  // namespace ferry::relay
