// Takes the body of a form as it arrives.
#pragma once

#include <optional>
#include <string_view>

#include "base/fault.hpp"
#include "openai/form_scanner.hpp"
#include "relay/exchange/request.hpp"

namespace ferry::relay {

// Scans each piece and keeps it: in memory as long as it is short, then in a file. Nothing goes upstream before the
// form is whole: what makes it ambiguous may be its last part. Owned by who reads the body; lives on the request's
// core.
class form_body {
public:
    // REQUIRES: check_declared_body() found a boundary.
    form_body(request& x, std::string_view boundary) : x_(x), scanner_(boundary) {}
    form_body(const form_body&) = delete;
    form_body& operator=(const form_body&) = delete;

    // Faults: those of form_scanner; request_too_large, overloaded.
    std::optional<fault> take(std::string_view piece);
    // Fills x.form, and x.asked as far as a form says the same.
    std::optional<fault> finish();

private:
    std::optional<fault> keep(std::string_view piece);

    request& x_;
    openai::form_scanner scanner_;
};

}  // namespace ferry::relay
