// The vocabulary of the tests of request edits: a body in, what goes upstream out.
#pragma once

#include <string>

#include "openai/scan.hpp"
#include "provider/request_edits.hpp"
#include "provider/table.hpp"

namespace ferry::provider::testing {

inline repair_set repairs(std::initializer_list<std::string_view> members) {
    repair_set out;
    for (const auto each : members) out |= repair_of(each);
    return out;
}

inline std::string edited(const dialect& speaks, std::string_view body, repair_set repairs = {},
                          bool as_stream = false) {
    const auto request = openai::testing::scan(body).value();
    openai::edit_list edits(request.object);
    request_wishes wishes;
    wishes.speaks = &speaks;
    wishes.repairs = repairs;
    wishes.as_stream = as_stream;
    edit_request(wishes, request, body, edits);
    std::string out;
    for (const auto piece : edits.gather(body)) out += piece;
    return out;
}

// For a row whose column `provider` is this, at a host nothing is known of.
inline std::string edited(std::string_view service, std::string_view body, repair_set repairs = {},
                          bool as_stream = false) {
    return edited(find_provider(service).dialect_of("localhost"), body, repairs, as_stream);
}

}  // namespace ferry::provider::testing
