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
void create_file(answer& made, const answer_request& to);
void list_files(answer& made, const answer_request& to);
void serve_file_content(answer& made, const answer_request& to);
void serve_file(answer& made, const answer_request& to);
void delete_file(answer& made, const answer_request& to);
void create_upload(answer& made, const answer_request& to);
void create_upload_part(answer& made, const answer_request& to);
void complete_upload(answer& made, const answer_request& to);
void cancel_upload(answer& made, const answer_request& to);
void create_batch(answer& made, const answer_request& to);
void list_batches(answer& made, const answer_request& to);
void cancel_batch(answer& made, const answer_request& to);
void serve_batch(answer& made, const answer_request& to);
void create_job(answer& made, const answer_request& to);
void list_jobs(answer& made, const answer_request& to);
void list_job_events(answer& made, const answer_request& to);
void cancel_job(answer& made, const answer_request& to);
void serve_job(answer& made, const answer_request& to);
void create_vector_store(answer& made, const answer_request& to);
void list_vector_stores(answer& made, const answer_request& to);
void serve_vector_store(answer& made, const answer_request& to);
void delete_vector_store(answer& made, const answer_request& to);
void create_vector_store_file(answer& made, const answer_request& to);
void list_vector_store_files(answer& made, const answer_request& to);
void serve_image_generation(answer& made, const answer_request& to);
void serve_image_edit(answer& made, const answer_request& to);
void serve_image_variation(answer& made, const answer_request& to);
void serve_speech(answer& made, const answer_request& to);
void serve_transcription(answer& made, const answer_request& to);
void serve_translation(answer& made, const answer_request& to);
void serve_model_list(answer& made, const answer_request& to);
void serve_model(answer& made, const answer_request& to);

}  // namespace ferry::bench
