// What an answer's head and document must be to be passed on as a success.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fault.hpp"
#include "openai/usage_finder.hpp"
#include "relay/answer/stream_gate.hpp"
#include "relay/exchange/row_secrets.hpp"
#include "relay/tries/attempt.hpp"

namespace ferry::relay {

// Answers have used up limits.answer_memory: 503 before anything breaks.
fault answers_use_all_memory();

bool is_event_stream(const net::http_head& head);
// Labelled as JSON.
bool is_document(const net::http_head& head);

// What the client is told that it gets: the upstream's own words, parameters and all, where they name what it is; else
// the type alone. openai-node gives who asks for a document that is labelled otherwise a string.
std::string_view stream_type(const net::http_head& head);
std::string_view document_type(const net::http_head& head);
// Of what is neither: as the upstream says, if it is fit to be said.
std::string_view plain_type(const net::http_head& head);
// The header line that names the file which the body is; "" if there is none.
std::string disposition_line(const net::http_head& head);

// Content type of a 200 that is read as one JSON document, or as an event stream.
std::optional<fault> check_answer_head(const net::http_head& head, bool stream);

// The fault for an error answer of a row's service, with how long to wait, and what a further try must do without.
struct error_answer {
    fault why;
    provider::repair_set refused;
};
error_answer judge_error(const catalog::candidate& row, const net::http_head& head, std::string_view body);

// The whole document was read, and it is what an answer to this operation is: with at least one choice, say, and no
// error.
bool is_answer(const openai::operation& operation, const openai::usage_finder& finder);

// The same for a document under 200 that is no answer: what the provider says in it, if anything.
error_answer check_document(const openai::usage_finder& finder, const catalog::candidate& row,
                            const piece_list& pieces);

// The same for a try. Notes in `from` what a further try must do without.
fault classify_error(attempt& from, std::string_view body);

// How the events of this answer are judged. `secrets` outlive the gate.
gate_options gate_options_for(const request& x, const attempt& from, std::span<const std::string_view> secrets);

}  // namespace ferry::relay
