// The operations of the OpenAI API that Ferry serves, one row each: what a request to it looks like, what its answer
// is, and what is billed. A new operation is a row here, its reader if it needs one, and its cases; no other file names
// one. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace ferry::openai {

// Who answers: the relay asks an upstream, a comparison asks the relay, the others are answered from the catalog.
enum class answered_by { relay, model_list, one_model, comparison, conversations };

// none: a body is refused. optional: JSON, or nothing. form: multipart/form-data.
enum class body_kind { none, json, optional, form };

// Where the model stands: nowhere; as a member of the body, as a part of the form, or as the rest of the path; or the
// row is found otherwise: by who issued the id in the path, or by the account that such requests go to.
enum class model_place { nowhere, body_member, form_part, rest_of_path, owner_of_id, account };

// What of a request Ferry words anew besides the model: nothing; a stream is asked for its usage; all that the
// provider's dialect and the row's extra_body say.
enum class wording { plain, usage, chat };

// What a good answer is when it is not an event stream.
enum class answer_kind {
    choices,  // a document with choices
    list,     // a document with a list in `data` or `results`
    object,   // a document that says what it is, by `object` or `id`
    any,      // a document, text or bytes
    file,     // bytes, whatever they look like
};

// What an event stream of the operation is.
enum class stream_kind {
    none,     // there is none: what looks like one is a document all the same
    choices,  // events with choices, and [DONE]
    typed,    // events that say in `type` what they are, the last one too
};

// What is billed where the answer counts no tokens.
enum class unit_kind { none, tokens, images, seconds, characters, bytes, searches, pages, requests };

struct operation {
    std::string_view name;    // in usage rows, logs and metrics
    std::string_view method;  // GET means HEAD, too
    // Below /v1, "" for any. `{id}` stands for one segment; where the model is the rest of the path, this is the path
    // before it, with its slash.
    std::string_view path;
    answered_by who = answered_by::relay;
    body_kind body = body_kind::json;
    model_place model = model_place::body_member;
    wording words = wording::plain;
    answer_kind answer = answer_kind::object;
    stream_kind streams = stream_kind::none;
    unit_kind unit = unit_kind::requests;
    // Also at /openai/deployments/{model}<path>, as clients of Azure ask; `model` is then taken from there.
    bool has_deployment_path = false;
    bool has_bare_path = false;  // also without /v1
    bool takes_query = false;    // the client's query string travels
    // Asking twice does no harm: it may be asked again while nothing of an answer has been given.
    bool may_be_repeated = true;
    bool may_be_aggregated = false;  // a stream may answer a plain request, a document one for a stream
    bool may_be_rescued = false;     // a stream that breaks off may be gone on with by asking again
    bool issues_ids = false;         // ids in the answer belong to the account that gave it
    // The member of the body by which the answer's length is bounded, in tokens; "" where nothing is.
    std::string_view length_member = {};
    // Members of the body that hold such ids.
    std::array<std::string_view, 2> refers_to = {};
    // The client's headers that travel on, lower case.
    std::span<const std::string_view> headers = {};
};

// Every row; the order has no meaning but for the first, which is asked for most.
std::span<const operation> operations();
const operation& chat_completions();
// POST of a path that no other row has: only rows of the models table that name it serve it.
const operation& further_path();

// It takes more than a look into the catalog.
inline bool asks_more(const operation& row) {
    return row.who != answered_by::model_list && row.who != answered_by::one_model;
}

// At most this many: rows are numbered by where they stand.
inline constexpr std::size_t operations_max = 128;
std::size_t index_of(const operation& row);

// Whether `below` (the path below /v1) is one of the row's; then the first id in it, "" where it has none. Nothing is
// decoded: an id of other characters than letters, digits, `-`, `_`, `.`, `:` and `~`, or of dots alone, is none.
std::optional<std::string_view> id_in_path(const operation& row, std::string_view below);

std::string_view to_text(unit_kind value);  // "" for none

}  // namespace ferry::openai
