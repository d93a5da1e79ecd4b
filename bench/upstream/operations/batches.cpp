#include <boost/json.hpp>
#include <vector>

#include "upstream/operations/objects.hpp"
#include "upstream/operations/operations.hpp"

namespace ferry::bench {
namespace {

namespace json = boost::json;

constexpr std::int64_t day = 24 * 3600;

void answer_no_batch(answer& made, std::string_view id) {
    answer_error(made, 404, "No batch found with id '" + std::string(id) + "'.");
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.find_first_not_of(" \t\r") != std::string_view::npos) lines.push_back(line);
    }
    return lines;
}

json::object reply_body(const served& tokens, std::size_t i) {
    json::object message, choice, usage, body;
    message["role"] = "assistant";
    message["content"] = "Lorem ipsum";
    choice["index"] = 0;
    choice["message"] = std::move(message);
    choice["logprobs"] = nullptr;
    choice["finish_reason"] = "stop";
    usage["prompt_tokens"] = tokens.prompt_tokens;
    usage["completion_tokens"] = tokens.completion_tokens;
    usage["total_tokens"] = tokens.prompt_tokens + tokens.completion_tokens;
    body["id"] = tokens.id + "_" + std::to_string(i);
    body["object"] = "chat.completion";
    body["created"] = tokens.created;
    body["model"] = "mock";
    body["choices"] = json::array{choice};
    body["usage"] = std::move(usage);
    return body;
}

// Every line of the input is answered as a chat completion, under its custom_id.
std::string output_of(const std::string& input, const served& tokens) {
    std::string out;
    for (const auto line : lines_of(input)) {
        json::error_code error;
        const auto asked = json::parse({line.data(), line.size()}, error);
        const auto* id = !error && asked.is_object() ? asked.get_object().if_contains("custom_id") : nullptr;
        const auto i = static_cast<std::size_t>(std::count(out.begin(), out.end(), '\n'));
        json::object response, reply;
        response["status_code"] = 200;
        response["request_id"] = tokens.named("req_") + "_" + std::to_string(i);
        response["body"] = reply_body(tokens, i);
        reply["id"] = tokens.named("batch_req_") + "_" + std::to_string(i);
        reply["custom_id"] = id ? *id : json::value();
        reply["response"] = std::move(response);
        reply["error"] = nullptr;
        out.append(json::serialize(reply)).append("\n");
    }
    return out;
}

json::object counts(std::size_t total, std::size_t completed) {
    json::object out;
    out["total"] = total;
    out["completed"] = completed;
    out["failed"] = 0;
    return out;
}

// Its times tell when it came into each state.
void set_status(json::object& batch, std::string_view status, std::int64_t now) {
    batch["status"] = status;
    const std::string when = std::string(status) + "_at";
    if (batch.contains(when)) batch[when] = now;
}

}  // namespace

void create_batch(answer& made, const answer_request& to) {
    for (const char* name : {"input_file_id", "endpoint", "completion_window"}) {
        if (text_of(to, name).empty()) {
            return answer_error(made, 400, "'" + std::string(name) + "' is a required property", name);
        }
    }
    const auto input = find_object(to, "file", text_of(to, "input_file_id"));
    if (!input) return answer_no_file(made, text_of(to, "input_file_id"), "input_file_id");
    count_nothing(made, to);
    stored_object batch;
    batch.kind = "batch";
    batch.id = made.tokens.named("batch_");
    auto& shown = batch.shown;
    shown["id"] = batch.id;
    shown["object"] = "batch";
    repeat_members(to, {"endpoint", "input_file_id", "completion_window", "metadata"}, shown);
    for (const char* name : {"errors", "output_file_id", "error_file_id", "in_progress_at", "finalizing_at",
                             "completed_at", "failed_at", "expired_at", "cancelling_at", "cancelled_at"}) {
        shown[name] = nullptr;
    }
    shown["created_at"] = made.tokens.created;
    shown["expires_at"] = made.tokens.created + day;
    shown["request_counts"] = counts(0, 0);
    set_status(shown, made.what->object_status.empty() ? "validating" : made.what->object_status, made.tokens.created);
    answer_json(made, shown);
    keep_object(made, to, std::move(batch));
}

void list_batches(answer& made, const answer_request& to) {
    std::vector<json::object> shown;
    for (const auto& batch : to.objects.list(credential_of(to), "batch")) shown.push_back(batch->shown);
    answer_page(made, to, std::move(shown));
}

// It goes on by a state each time it is asked for; once it is complete its output is a file.
void serve_batch(answer& made, const answer_request& to) {
    const auto before = find_object(to, "batch", to.asked.id);
    if (!before) return answer_no_batch(made, to.asked.id);
    count_tokens(made, to, 2);
    const auto tokens = made.tokens;
    count_nothing(made, to);
    const auto input = find_object(to, "file", before->shown.at("input_file_id").as_string());
    const auto text = input && input->content ? *input->content : std::string();
    const auto output = output_of(text, tokens);
    auto file = file_object(made, "batch_output", before->id + "_output.jsonl", output.size());
    file.content = std::make_shared<const std::string>(output);
    bool is_new = false;
    const auto now = to.objects.change(credential_of(to), "batch", to.asked.id, [&](stored_object& o) {
        const auto* states = o.shown.at("cancelling_at").is_null() ? "in_progress" : "cancelling";
        const bool goes_on = states == std::string_view("in_progress");
        const auto status = goes_on ? next_status(*made.what, o.shown, {"validating", "in_progress", "completed"})
                                    : next_status(*made.what, o.shown, {"cancelling", "cancelled"});
        set_status(o.shown, status, made.tokens.created);
        const auto total = lines_of(text).size();
        o.shown["request_counts"] = counts(total, status == "completed" ? total : 0);
        is_new = status == "completed" && o.shown.at("output_file_id").is_null();
        if (is_new) o.shown["output_file_id"] = file.id;
    });
    if (!now) return answer_no_batch(made, to.asked.id);
    if (is_new) to.objects.put(credential_of(to), std::move(file));
    answer_json(made, now->shown);
}

void cancel_batch(answer& made, const answer_request& to) {
    count_nothing(made, to);
    const auto now = to.objects.change(credential_of(to), "batch", to.asked.id, [&](stored_object& o) {
        set_status(o.shown, "cancelling", made.tokens.created);
    });
    if (!now) return answer_no_batch(made, to.asked.id);
    answer_json(made, now->shown);
}

}  // namespace ferry::bench
