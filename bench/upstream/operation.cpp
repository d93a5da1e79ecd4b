#include "upstream/operation.hpp"

#include <algorithm>
#include <utility>

#include "upstream/operations/operations.hpp"

namespace ferry::bench {
namespace {

constexpr auto none = std::string_view::npos;

constexpr operation_row chat{"POST", "/chat/completions", "chat.completions", unit::tokens, serve_chat};

// A path that ends as two rows do is the first one's: the longer patterns stand first.
constexpr operation_row rows[] = {
    {"POST", "/vector_stores/{}/files", "vector_stores.files.create", unit::requests, create_vector_store_file},
    {"GET", "/vector_stores/{}/files", "vector_stores.files.list", unit::requests, list_vector_store_files},
    {"POST", "/completions", "completions", unit::tokens, serve_completions},
    {"POST", "/embeddings", "embeddings", unit::tokens, serve_embeddings},
    {"POST", "/responses", "responses", unit::tokens, serve_responses},
    {"GET", "/responses/{}/input_items", "responses.input_items", unit::requests, list_response_items},
    {"POST", "/responses/{}/cancel", "responses.cancel", unit::requests, cancel_response},
    {"GET", "/responses/{}", "responses.get", unit::requests, serve_response},
    {"DELETE", "/responses/{}", "responses.delete", unit::requests, delete_response},
    {"POST", "/moderations", "moderations", unit::requests, serve_moderations},
    {"POST", "/images/generations", "images.generations", unit::images, serve_image_generation},
    {"POST", "/images/edits", "images.edits", unit::images, serve_image_edit},
    {"POST", "/images/variations", "images.variations", unit::images, serve_image_variation},
    {"POST", "/audio/speech", "audio.speech", unit::characters, serve_speech},
    {"POST", "/audio/transcriptions", "audio.transcriptions", unit::seconds, serve_transcription},
    {"POST", "/audio/translations", "audio.translations", unit::seconds, serve_translation},
    {"POST", "/rerank", "rerank", unit::searches, serve_rerank},
    {"POST", "/files", "files.create", unit::bytes, create_file},
    {"GET", "/files", "files.list", unit::requests, list_files},
    {"GET", "/files/{}/content", "files.content", unit::bytes, serve_file_content},
    {"GET", "/files/{}", "files.get", unit::requests, serve_file},
    {"DELETE", "/files/{}", "files.delete", unit::requests, delete_file},
    {"POST", "/uploads", "uploads.create", unit::requests, create_upload},
    {"POST", "/uploads/{}/parts", "uploads.parts", unit::bytes, create_upload_part},
    {"POST", "/uploads/{}/complete", "uploads.complete", unit::requests, complete_upload},
    {"POST", "/uploads/{}/cancel", "uploads.cancel", unit::requests, cancel_upload},
    {"POST", "/batches", "batches.create", unit::requests, create_batch},
    {"GET", "/batches", "batches.list", unit::requests, list_batches},
    {"POST", "/batches/{}/cancel", "batches.cancel", unit::requests, cancel_batch},
    {"GET", "/batches/{}", "batches.get", unit::requests, serve_batch},
    {"POST", "/fine_tuning/jobs", "fine_tuning.jobs.create", unit::requests, create_job},
    {"GET", "/fine_tuning/jobs", "fine_tuning.jobs.list", unit::requests, list_jobs},
    {"GET", "/fine_tuning/jobs/{}/events", "fine_tuning.jobs.events", unit::requests, list_job_events},
    {"POST", "/fine_tuning/jobs/{}/cancel", "fine_tuning.jobs.cancel", unit::requests, cancel_job},
    {"GET", "/fine_tuning/jobs/{}", "fine_tuning.jobs.get", unit::requests, serve_job},
    {"POST", "/vector_stores", "vector_stores.create", unit::requests, create_vector_store},
    {"GET", "/vector_stores", "vector_stores.list", unit::requests, list_vector_stores},
    {"GET", "/vector_stores/{}", "vector_stores.get", unit::requests, serve_vector_store},
    {"DELETE", "/vector_stores/{}", "vector_stores.delete", unit::requests, delete_vector_store},
    {"GET", "/models", "models.list", unit::requests, serve_model_list},
};

// A model's name may hold slashes: it is what follows the last "/models/".
constexpr operation_row model{"GET", "/models/{}", "models.get", unit::requests, serve_model};

// The last segment of `path`, its slash left out; shortens `path` by both.
std::string_view take_last(std::string_view& path) {
    const auto slash = path.rfind('/');
    const auto last = slash == none ? path : path.substr(slash + 1);
    path = slash == none ? std::string_view() : path.substr(0, slash);
    return last;
}

bool fits(std::string_view pattern, std::string_view path, operation& found) {
    found.id = found.second_id = {};
    while (!pattern.empty()) {
        if (path.empty()) return false;
        const auto wanted = take_last(pattern), is = take_last(path);
        if (wanted == "{}" && !is.empty()) {
            found.second_id = std::exchange(found.id, is);
        } else if (wanted != is) {
            return false;
        }
    }
    return true;
}

bool ends_with(std::string_view path, std::string_view tail) {
    return path.size() >= tail.size() && path.substr(path.size() - tail.size()) == tail;
}

}  // namespace

std::string_view unit_name(unit u) {
    constexpr std::string_view names[] = {"tokens", "images", "seconds", "characters", "bytes", "searches", "requests"};
    return names[static_cast<std::size_t>(u)];
}

operation find_operation(std::string_view method, std::string_view path) {
    operation found;
    if (ends_with(path, chat.path)) {  // first, for it is what is measured
        found.row = &chat;
        found.is_other_method = method != chat.method;
        return found;
    }
    operation other;
    for (const auto& row : rows) {
        if (!fits(row.path, path, found)) continue;
        found.row = &row;
        if (row.method == method) return found;
        other = found;
    }
    if (other.row) {
        other.is_other_method = true;
        return other;
    }
    const auto name = path.rfind("/models/");
    found = operation();
    if (name == none) return found;
    found.row = &model;
    found.is_other_method = method != model.method;
    found.id = path.substr(name + 8);
    return found;
}

}  // namespace ferry::bench
