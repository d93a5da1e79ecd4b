#pragma once

#include "upstream/answer.hpp"

namespace ferry::bench {

// What answers each operation of the table, when the action leaves the answer to the mock: sets body, status, tokens
// and units of `made`.
void serve_chat(answer& made, const answer_request& to);
void serve_completions(answer& made, const answer_request& to);
void serve_embeddings(answer& made, const answer_request& to);
void serve_responses(answer& made, const answer_request& to);
void serve_response(answer& made, const answer_request& to);
void delete_response(answer& made, const answer_request& to);
void cancel_response(answer& made, const answer_request& to);
void list_response_items(answer& made, const answer_request& to);
void serve_moderations(answer& made, const answer_request& to);
void serve_rerank(answer& made, const answer_request& to);
void serve_model_list(answer& made, const answer_request& to);
void serve_model(answer& made, const answer_request& to);

}  // namespace ferry::bench
