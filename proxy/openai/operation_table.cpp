#include "openai/operation.hpp"
#include "openai/optional_model.hpp"

namespace ferry::openai {

namespace {

// Everything else stays here, credentials and hop-by-hop fields above all.
constexpr std::array<std::string_view, 5> asked_headers = {"accept", "user-agent", "openai-beta", "traceparent",
                                                           "tracestate"};

// The first of each kind; the rows below say what differs.

constexpr operation from_catalog(std::string_view name, std::string_view path, answered_by who, model_place model) {
    return {.name = name,
            .method = "GET",
            .path = path,
            .who = who,
            .body = body_kind::none,
            .model = model,
            .unit = unit_kind::none};
}

// Names its model in a JSON body.
constexpr operation asks_model(std::string_view name, std::string_view path, answer_kind answer, unit_kind unit) {
    return {.name = name,
            .method = "POST",
            .path = path,
            .answer = answer,
            .unit = unit,
            .has_deployment_path = true,
            .headers = asked_headers};
}

constexpr operation asks_model_in_form(std::string_view name, std::string_view path, answer_kind answer,
                                       unit_kind unit) {
    auto row = asks_model(name, path, answer, unit);
    row.body = body_kind::form;
    row.model = model_place::form_part;
    return row;
}

constexpr operation chat_like(std::string_view name, std::string_view path, wording words) {
    auto row = asks_model(name, path, answer_kind::choices, unit_kind::tokens);
    row.words = words;
    row.length_member = "max_tokens";
    row.streams = stream_kind::choices;
    row.may_be_aggregated = true;
    row.may_be_rescued = words == wording::chat;
    return row;
}

constexpr operation streamed(operation row) {
    row.streams = stream_kind::typed;
    return row;
}

// What is asked of an account: nothing in it names a model.
constexpr operation lists(std::string_view name, std::string_view path) {
    return {.name = name,
            .method = "GET",
            .path = path,
            .body = body_kind::none,
            .model = model_place::account,
            .answer = answer_kind::list,
            .takes_query = true,
            .headers = asked_headers};
}

// Makes something that has an id from then on. Asked twice it would make two.
constexpr operation makes(std::string_view name, std::string_view path, std::string_view refers_to = {},
                          std::string_view refers_to_also = {}) {
    return {.name = name,
            .method = "POST",
            .path = path,
            .model = model_place::account,
            .may_be_repeated = false,
            .issues_ids = true,
            .refers_to = {refers_to, refers_to_also},
            .headers = asked_headers};
}

// What is asked about an id.
constexpr operation reads(std::string_view name, std::string_view path, answer_kind answer = answer_kind::object) {
    auto row = lists(name, path);
    row.model = model_place::owner_of_id;
    row.answer = answer;
    return row;
}

// Results of jobs have ids of their own.
constexpr operation reads_job(std::string_view name, std::string_view path) {
    auto row = reads(name, path);
    row.issues_ids = true;
    return row;
}

constexpr operation removes(std::string_view name, std::string_view path) {
    auto row = reads(name, path);
    row.method = "DELETE";
    row.takes_query = false;
    return row;
}

constexpr operation acts(std::string_view name, std::string_view path, std::string_view refers_to = {},
                         std::string_view refers_to_also = {}) {
    auto row = makes(name, path, refers_to, refers_to_also);
    row.model = model_place::owner_of_id;
    row.body = body_kind::optional;
    return row;
}

// Acts on something in a way that does no harm if it is done twice.
constexpr operation acts_again(std::string_view name, std::string_view path, answer_kind answer = answer_kind::object) {
    auto row = acts(name, path);
    row.may_be_repeated = true;
    row.issues_ids = false;
    row.answer = answer;
    return row;
}

constexpr operation responses() {
    auto row = streamed(asks_model("responses.create", "/responses", answer_kind::object, unit_kind::tokens));
    row.has_deployment_path = false;
    row.may_be_aggregated = true;
    row.may_be_rescued = true;
    row.issues_ids = true;
    row.length_member = "max_output_tokens";
    row.refers_to = {"previous_response_id"};
    return row;
}

constexpr operation about_response(std::string_view name, std::string_view path) {
    auto row = asks_model(name, path, answer_kind::object, unit_kind::requests);
    row.has_deployment_path = false;
    row.refers_to = {"previous_response_id"};
    return row;
}

// A chat with several models.
constexpr operation compares() {
    return {.name = "compare",
            .method = "POST",
            .path = "/compare",
            .who = answered_by::comparison,
            .model = model_place::nowhere,
            .streams = stream_kind::choices,
            .unit = unit_kind::none};
}

// Of Ferry's own store.
constexpr operation keeps(std::string_view name, std::string_view method, std::string_view path,
                          body_kind body = body_kind::none) {
    return {.name = name,
            .method = method,
            .path = path,
            .who = answered_by::conversations,
            .body = body,
            .model = model_place::nowhere,
            .unit = unit_kind::none};
}

constexpr operation keeps_list(std::string_view name, std::string_view path) {
    auto row = keeps(name, "GET", path);
    row.takes_query = true;
    return row;
}

// Whatever else a provider has below /v1: nobody knows what asking twice would do.
constexpr operation anything_else() {
    auto row = asks_model("other", "", answer_kind::any, unit_kind::requests);
    row.has_deployment_path = false;
    row.may_be_repeated = false;
    return row;
}

constexpr operation rerank() {
    auto row = asks_model("rerank", "/rerank", answer_kind::list, unit_kind::searches);
    row.has_bare_path = true;
    return row;
}

constexpr operation transfers(std::string_view name, std::string_view path, model_place model) {
    auto row = makes(name, path);
    row.body = body_kind::form;
    row.model = model;
    row.unit = unit_kind::bytes;
    return row;
}

constexpr operation downloads(std::string_view name, std::string_view path) {
    auto row = reads(name, path, answer_kind::file);
    row.unit = unit_kind::bytes;
    return row;
}

constexpr operation tunes() {
    auto row = makes("fine_tuning.jobs.create", "/fine_tuning/jobs", "training_file", "validation_file");
    row.model = model_place::body_member;
    return row;
}

using enum answer_kind;
using enum unit_kind;

constexpr auto table = std::to_array<operation>({
    chat_like("chat.completions", "/chat/completions", wording::chat),
    chat_like("completions", "/completions", wording::usage),
    from_catalog("models.list", "/models", answered_by::model_list, model_place::nowhere),
    from_catalog("models.retrieve", "/models/", answered_by::one_model, model_place::rest_of_path),

    compares(),

    keeps_list("conversations.list", "/conversations"),
    keeps("conversations.create", "POST", "/conversations", body_kind::optional),
    keeps("conversations.retrieve", "GET", "/conversations/{id}"),
    keeps("conversations.update", "PATCH", "/conversations/{id}", body_kind::json),
    keeps("conversations.delete", "DELETE", "/conversations/{id}"),
    keeps_list("conversations.messages", "/conversations/{id}/messages"),

    asks_model("embeddings", "/embeddings", list, tokens),
    asks_model("moderations", "/moderations", list, requests),
    rerank(),

    responses(),
    streamed(reads("responses.retrieve", "/responses/{id}")),
    removes("responses.delete", "/responses/{id}"),
    acts_again("responses.cancel", "/responses/{id}/cancel"),
    reads("responses.input_items", "/responses/{id}/input_items", list),
    about_response("responses.input_tokens", "/responses/input_tokens"),
    about_response("responses.compact", "/responses/compact"),

    streamed(asks_model("images.generations", "/images/generations", list, images)),
    streamed(asks_model_in_form("images.edits", "/images/edits", list, images)),
    asks_model_in_form("images.variations", "/images/variations", list, images),

    streamed(asks_model("audio.speech", "/audio/speech", any, characters)),
    streamed(asks_model_in_form("audio.transcriptions", "/audio/transcriptions", any, seconds)),
    asks_model_in_form("audio.translations", "/audio/translations", any, seconds),

    transfers("files.create", "/files", model_place::account),
    lists("files.list", "/files"),
    reads("files.retrieve", "/files/{id}"),
    removes("files.delete", "/files/{id}"),
    downloads("files.content", "/files/{id}/content"),

    makes("uploads.create", "/uploads"),
    transfers("uploads.parts.create", "/uploads/{id}/parts", model_place::owner_of_id),
    acts("uploads.complete", "/uploads/{id}/complete"),
    acts_again("uploads.cancel", "/uploads/{id}/cancel"),

    makes("batches.create", "/batches", "input_file_id"),
    lists("batches.list", "/batches"),
    reads_job("batches.retrieve", "/batches/{id}"),
    acts_again("batches.cancel", "/batches/{id}/cancel"),

    tunes(),
    lists("fine_tuning.jobs.list", "/fine_tuning/jobs"),
    reads_job("fine_tuning.jobs.retrieve", "/fine_tuning/jobs/{id}"),
    acts_again("fine_tuning.jobs.cancel", "/fine_tuning/jobs/{id}/cancel"),
    acts_again("fine_tuning.jobs.pause", "/fine_tuning/jobs/{id}/pause"),
    acts_again("fine_tuning.jobs.resume", "/fine_tuning/jobs/{id}/resume"),
    reads("fine_tuning.jobs.events", "/fine_tuning/jobs/{id}/events", list),
    reads("fine_tuning.jobs.checkpoints", "/fine_tuning/jobs/{id}/checkpoints", list),

    makes("vector_stores.create", "/vector_stores", "file_ids"),
    lists("vector_stores.list", "/vector_stores"),
    reads("vector_stores.retrieve", "/vector_stores/{id}"),
    acts_again("vector_stores.update", "/vector_stores/{id}"),
    removes("vector_stores.delete", "/vector_stores/{id}"),
    acts_again("vector_stores.search", "/vector_stores/{id}/search", list),
    acts("vector_stores.files.create", "/vector_stores/{id}/files", "file_id"),
    reads("vector_stores.files.list", "/vector_stores/{id}/files", list),
    reads("vector_stores.files.retrieve", "/vector_stores/{id}/files/{id}"),
    acts_again("vector_stores.files.update", "/vector_stores/{id}/files/{id}"),
    removes("vector_stores.files.delete", "/vector_stores/{id}/files/{id}"),
    reads("vector_stores.files.content", "/vector_stores/{id}/files/{id}/content", list),
    acts("vector_stores.file_batches.create", "/vector_stores/{id}/file_batches", "file_ids"),
    reads("vector_stores.file_batches.retrieve", "/vector_stores/{id}/file_batches/{id}"),
    acts_again("vector_stores.file_batches.cancel", "/vector_stores/{id}/file_batches/{id}/cancel"),
    reads("vector_stores.file_batches.files", "/vector_stores/{id}/file_batches/{id}/files", list),

    anything_else(),
});
static_assert(table.size() <= operations_max);
}  // namespace

std::span<const operation> operations() {
    return table;
}

const operation& further_path() {
    return table.back();
}

bool may_leave_model_out(const operation& row) {
    return row.name == "moderations" || row.unit == unit_kind::images || row.path.empty();
}

}  // namespace ferry::openai
