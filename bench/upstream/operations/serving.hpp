// What the operations have in common: reading a request's members, and setting the parts of an answer.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "upstream/answer.hpp"

namespace ferry::bench {

// The request's JSON object; an empty one if the body is none.
const boost::json::object& body_object(const answer_request& to);
// A member, or a part of a form, as text: strings as they are, other values as JSON; `otherwise` if it is absent or
// null.
std::string text_of(const answer_request& to, std::string_view name, std::string_view otherwise = {});
std::int64_t number_of(const answer_request& to, std::string_view name, std::int64_t otherwise);

// Draws the answer's identity and tokens; `pieces` is how many tokens its content counts for.
void count_tokens(answer& made, const answer_request& to, std::int64_t pieces);

// The same for what is not counted in tokens.
void count_nothing(answer& made, const answer_request& to);

void answer_json(answer& made, std::string body);
void answer_json(answer& made, const boost::json::value& body);
// A JSON answer that says how many completion tokens it took, unless the action hides its usage.
void answer_with_usage(answer& made, std::string body);
// Random bytes, made as they are sent: `usual` of them, or as many as the action says; the same ones for one `seed`.
// Cut as the action's `chunks` or `chunk_bytes` say. Its hash is in the ledger.
void answer_bytes(answer& made, std::uint64_t seed, std::int64_t usual);
// How many bytes a binary answer has, and into how large pieces it is cut.
std::uint64_t bytes_of(const action& a, std::int64_t usual);
std::size_t piece_bytes_of(const action& a, std::uint64_t bytes);
// What the random bytes of this answer depend on.
std::uint64_t seed_of(const answer_request& to);
// False, and an answer that says why, if the body is no form or a broken one.
bool is_form(answer& made, const answer_request& to);
// A number of the usual spelling: whole ones without a fraction.
std::string number_json(double value);
// An invalid request, as OpenAI words it; "" stands for null.
void answer_error(answer& made, int status, std::string_view message, std::string_view param = {},
                  std::string_view code = {});

}  // namespace ferry::bench
