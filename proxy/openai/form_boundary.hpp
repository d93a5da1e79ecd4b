// What a Content-Type says of a form: that it is one, and what its parts are separated by.
#pragma once

#include <string>
#include <string_view>

#include "base/fault.hpp"

namespace ferry::openai {

// multipart/form-data, whatever its parameters.
bool is_form_type(std::string_view content_type);

// The boundary of `multipart/form-data; boundary=...`: a token or a quoted string of 1 to 70 bytes of those RFC 2046
// (section 5.1.1) allows, without escapes and not with a space at its end. Other parameters may stand beside it.
// Errors: invalid_request, which says what is wrong, also where is_form_type() does not hold.
result<std::string> form_boundary(std::string_view content_type);

}  // namespace ferry::openai
