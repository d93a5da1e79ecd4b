#include "workload/request_body.hpp"

#include <boost/json.hpp>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "workload/json_text.hpp"

namespace ferry::bench {
namespace {

namespace json = boost::json;

json::value read_tools(const workload_options& options) {
    const std::string where = "--tools: " + options.tools_file;
    if (options.operation != asked_operation::chat && options.operation != asked_operation::responses) {
        throw std::invalid_argument("--tools: only chat and responses take tools; leave it away");
    }
    std::ifstream in(options.tools_file);
    std::stringstream text;
    if (!in || !(text << in.rdbuf())) throw std::invalid_argument(where + " cannot be read, or is empty");
    try {
        auto tools = parsed_json(text.str());
        if (tools.is_array() && !tools.get_array().empty()) return tools;
    } catch (const std::invalid_argument& e) {
        throw std::invalid_argument(where + " " + e.what());
    }
    throw std::invalid_argument(where +
                                " is to be the array that a request has as \"tools\": "
                                "[{\"type\": \"function\", ...}]");
}

json::object read_extra(const workload_options& options, std::string_view prompt_member) {
    json::object extra;
    if (options.extra_body.empty()) return extra;
    try {
        extra = parsed_object(options.extra_body);
    } catch (const std::invalid_argument& e) {
        throw std::invalid_argument("--extra-body " + std::string(e.what()));
    }
    const auto refuse = [&](std::string_view name, const char* instead) {
        if (!extra.contains(name)) return;
        throw std::invalid_argument("--extra-body must not hold \"" + std::string(name) + "\": that is said by " +
                                    instead);
    };
    refuse("model", "--model");
    refuse("stream", "--stream or --no-stream");
    refuse(prompt_member, "--input-tokens or --prompts");
    return extra;
}

}  // namespace

request_body::request_body(const workload_options& options)
    : operation_(options.operation), extra_(read_extra(options, prompt_member())) {
    streams_ = options.streamed && operation_ != asked_operation::embeddings;
    if (streams_) {
        ours_["stream"] = true;
        if (operation_ != asked_operation::responses) ours_["stream_options"] = {{"include_usage", true}};
    }
    if (!options.tools_file.empty()) ours_["tools"] = read_tools(options);
    const auto* limit = limit_member().empty() ? nullptr : extra_.if_contains(limit_member());
    if (limit) {
        json::error_code error;
        said_limit_ = limit->is_number() ? limit->to_number<std::uint32_t>(error) : 0;
        if (error || (!limit->is_number() && !limit->is_null())) {
            throw std::invalid_argument("--extra-body: " + std::string(limit_member()) + " is to be a whole number");
        }
    }
    for (const auto& model : options.models) {
        json::object base{{"model", model.name}};
        lay_over(ours_, base);
        lay_over(extra_, base);
        std::string head = json::serialize(base);
        head.back() = ',';
        head.append("\"").append(prompt_member()).append(is_of_messages() ? "\":[" : "\":\"");
        heads_.push_back(std::move(head));
    }
}

bool request_body::is_of_messages() const {
    return operation_ == asked_operation::chat || operation_ == asked_operation::responses;
}

std::string_view request_body::prompt_member() const {
    if (operation_ == asked_operation::chat) return "messages";
    return operation_ == asked_operation::completions ? "prompt" : "input";
}

std::string_view request_body::limit_member() const {
    if (operation_ == asked_operation::embeddings) return "";
    return operation_ == asked_operation::responses ? "max_output_tokens" : "max_tokens";
}

void request_body::begin_message(std::string_view role, std::string& said) const {
    if (is_of_messages()) {
        if (!said.empty()) said += ',';
        said.append("{\"role\":\"").append(role).append("\",\"content\":\"");
    } else if (role == "assistant") {
        said += "\\n";
    }
}

void request_body::end_message(std::string_view role, std::string& said) const {
    if (is_of_messages()) {
        said += "\"}";
    } else if (role == "assistant") {
        said += "\\n";
    }
}

std::string request_body::around(std::size_t model, std::string_view said, std::uint32_t output_tokens) const {
    const auto& head = heads_[model];
    std::string body;
    body.reserve(head.size() + said.size() + 48);
    body.append(head).append(said).append(is_of_messages() ? "]" : "\"");
    if (output_tokens > 0 && !said_limit_ && !limit_member().empty()) {
        body.append(",\"").append(limit_member()).append("\":").append(std::to_string(output_tokens));
    }
    return body += '}';
}

std::string request_body::over(json::object body, std::string_view model, std::uint32_t output_tokens) const {
    body.erase("stream");
    if (!streams_) body.erase("stream_options");
    if (!model.empty()) body["model"] = model;
    if (output_tokens > 0 && !limit_member().empty()) body[limit_member()] = output_tokens;
    lay_over(ours_, body);
    lay_over(extra_, body);
    return json::serialize(body);
}

}  // namespace ferry::bench
