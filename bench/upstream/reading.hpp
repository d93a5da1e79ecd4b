#pragma once

#include <memory>
#include <optional>

#include "http/request.hpp"
#include "upstream/form.hpp"
#include "upstream/large_body.hpp"
#include "upstream/operation.hpp"
#include "upstream/parsed_prompt.hpp"
#include "upstream/request_facts.hpp"

namespace ferry::bench {

// What one request says, whatever its body is. Valid as long as the request and `large`.
struct reading {
    // `large` is the body where it was too large to be held, else null.
    reading(const request& r, const operation& asked, large_body* large);

    bool is_chat;
    std::unique_ptr<form> own_form;
    const form* parts;  // null if the body is not multipart
    request_facts facts;
    std::optional<parsed_prompt> prompt;  // of chat only once parse_chat() was called

    void parse_chat() { prompt.emplace(facts.body, true); }
};

}  // namespace ferry::bench
