#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "upstream/content.hpp"
#include "upstream/operations/serving.hpp"

namespace ferry::bench {

// A part of an output item: a text cut into the pieces in which a stream sends it.
struct response_part {
    enum class kind { text, refusal, summary, arguments };
    kind is;
    content text;
};

// An item of a response's output. A function call has its arguments as its only part.
struct response_item {
    enum class kind { reasoning, message, call };
    kind is;
    std::string id;
    std::string name, call_id;  // of a call
    std::vector<response_part> parts;
};

// The JSON of a part with its text, or without.
std::string part_json(const response_part& part, bool with_text);
// The JSON of an item, finished or as it begins.
std::string item_json(const response_item& item, std::string_view status, bool with_parts);

// The `response` object of one answer, in each state in which it is shown.
struct response_document {
    response_document(const action& a, const answer_request& to, const served& tokens, content text);

    // With `is_ended` it has its output and, unless the action hides it, its usage.
    std::string json(std::string_view status, bool is_ended) const;
    std::string_view end() const { return incomplete.empty() ? "completed" : "incomplete"; }

    std::vector<response_item> items;
    std::string id;
    std::string incomplete;  // the reason, "" if it is complete
    std::string head, tail;  // the members before the status, and those the request decides
    std::string usage;       // JSON
};

}  // namespace ferry::bench
