#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/fault.hpp"
#include "openai/form_names.hpp"
#include "openai/form_part_head.hpp"
#include "openai/form_request.hpp"

namespace ferry::openai {

// The sink of form_scanner: takes part after part, keeps the values Ferry routes by and fills a form_request.
// Owned by: form_scanner.
class form_reader {
public:
    explicit form_reader(std::size_t value_max) : value_max_(value_max) {}

    // A part begins. Errors: duplicate_field, invalid_parameter.
    std::optional<fault> open(form_part_head head);

    // The next bytes of its content. Errors: invalid_parameter where a routed value is too long.
    std::optional<fault> content(std::string_view bytes);

    // It is complete. Errors: invalid_request, invalid_parameter, invalid_id.
    std::optional<fault> close(span whole, span value);

    form_request& request() { return request_; }

private:
    std::optional<fault> take(form_field which);
    std::optional<fault> take_text(std::optional<std::string>& into);
    std::optional<fault> take_integer(std::optional<std::int64_t>& into, std::int64_t low, std::int64_t high,
                                      fault_code code, const char* rule);
    fault refused(fault_code code, std::string_view what) const;

    const std::size_t value_max_;  // bytes
    form_request request_;
    form_part_head head_;                   // of the part being read
    std::optional<form_name_match> match_;  // the routed field it is
    std::string value_;                     // its content, if it is one
};

}  // namespace ferry::openai
