// What a request must look like for a service, as edits of the client's own bytes.
#pragma once

#include <optional>
#include <string_view>

#include "openai/chat_request.hpp"
#include "openai/splice.hpp"
#include "provider/dialect.hpp"
#include "provider/repair.hpp"

namespace ferry::provider {

struct request_wishes {
    const dialect* speaks = nullptr;  // not null
    repair_set repairs = {};          // for refusals that are known of already
    bool as_stream = false;           // asked for as a stream, whatever the client wants
};

// The edits beyond the model and Ferry's own members. A request that needs none costs no pass over its body.
void edit_request(const request_wishes& wishes, const openai::chat_request& request, std::string_view body,
                  openai::edit_list& edits);

// Where a member of the top object stands. A pass over the body only for names that chat_request does not know.
std::optional<openai::member_span> where(const openai::chat_request& request, std::string_view body,
                                         std::string_view name);

}  // namespace ferry::provider
