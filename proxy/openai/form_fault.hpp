#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/fault.hpp"

namespace ferry::openai {

// A form that is refused for what stands at byte `at` of the body. `what` is a clause without a full stop.
inline fault bad_form(std::size_t at, std::string_view what) {
    std::string text = "The request body is not a valid multipart form: at byte " + std::to_string(at) + ", ";
    text.append(what).append(".");
    return fault::client(fault_code::invalid_request, std::move(text));
}

}  // namespace ferry::openai
