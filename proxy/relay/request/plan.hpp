// What goes upstream for one try: the head, and the client's body with the edits of the model row and its provider.
// Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/piece_list.hpp"
#include "base/text_buffer.hpp"
#include "catalog/catalog.hpp"
#include "net/http_head.hpp"
#include "openai/chat_request.hpp"
#include "openai/form_edits.hpp"
#include "openai/operation.hpp"
#include "openai/splice.hpp"
#include "provider/repair.hpp"
#include "relay/exchange/continuation.hpp"

namespace ferry::relay {

// What one request asks, whoever is asked. Views; `below` is the path below /v1, with its slash.
struct asked_of {
    const openai::operation& operation;
    std::string_view below;
    const openai::chat_request& request;
    const openai::form_request* form;  // null unless the body is one
    std::string_view body;
    const net::http_head& from;
    bool is_modelless = false;      // no model is put in
    std::string_view history = {};  // messages that are put in, and where in the body
    std::size_t history_at = 0;
    std::int64_t most_output = -1;          // tokens the answer may have, by a limit of who asks; -1: any number
    const continuation* goes_on = nullptr;  // an answer that broke off; null: a new one is asked for
};

// Owned by an attempt. `pieces` are views into `head`, `edits`, the row, the history and the
// client's body: none of them may move.
class request_plan {
public:
    request_plan(const asked_of& asked, const catalog::candidate& to, provider::repair_set repairs = {});
    request_plan(const request_plan&) = delete;
    request_plan& operator=(const request_plan&) = delete;

    // The head, then the body.
    const piece_list& pieces() const { return pieces_; }
    std::size_t size() const { return size_; }

private:
    void write_target(const asked_of& asked, const catalog::candidate& to);
    void write_head(const asked_of& asked, const catalog::candidate& to, std::size_t body_size);

    text_buffer head_;
    openai::edit_list edits_;
    openai::form_edits form_edits_;
    piece_list pieces_;
    std::size_t size_ = 0;
};

}  // namespace ferry::relay
