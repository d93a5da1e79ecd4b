#include "upstream/operations/objects.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "http/query.hpp"

namespace ferry::bench {
namespace {

namespace json = boost::json;

constexpr std::size_t usual_page = 20;

std::string_view id_of(const json::object& o) {
    const auto* id = o.if_contains("id");
    return id && id->is_string() ? std::string_view(id->get_string()) : std::string_view();
}

}  // namespace

std::string credential_of(const answer_request& to) {
    const auto bearer = to.http.header("authorization");
    return std::string(bearer.empty() ? to.http.header("api-key") : bearer);
}

void keep_object(answer& made, const answer_request& to, stored_object object) {
    made.object_id = object.id;
    to.objects.put(credential_of(to), std::move(object));
}

object_store::found find_object(const answer_request& to, std::string_view kind, std::string_view id) {
    return to.objects.find(credential_of(to), kind, id);
}

stored_object file_object(const answer& made, std::string_view purpose, std::string_view name, std::uint64_t bytes) {
    stored_object file;
    file.kind = "file";
    file.id = made.tokens.named("file-");
    file.bytes = bytes;
    file.shown["id"] = file.id;
    file.shown["object"] = "file";
    file.shown["bytes"] = bytes;
    file.shown["created_at"] = made.tokens.created;
    file.shown["expires_at"] = nullptr;
    file.shown["filename"] = name;
    file.shown["purpose"] = purpose;
    file.shown["status"] = "processed";
    file.shown["status_details"] = nullptr;
    return file;
}

void answer_no_file(answer& made, std::string_view id, std::string_view param) {
    answer_error(made, 404, "No such File object: " + std::string(id), param);
}

void repeat_members(const answer_request& to, const std::vector<const char*>& names, json::object& into) {
    for (const char* name : names) {
        const auto* member = body_object(to).if_contains(name);
        into[name] = member ? *member : json::value();
    }
}

std::string next_status(const action& a, const json::object& o, const std::vector<std::string_view>& states) {
    if (!a.object_status.empty()) return a.object_status;
    const auto* member = o.if_contains("status");
    const std::string now(member && member->is_string() ? std::string_view(member->get_string()) : std::string_view());
    const auto there = std::find(states.begin(), states.end(), now);
    return there == states.end() || there + 1 == states.end() ? now : std::string(there[1]);
}

void answer_page(answer& made, const answer_request& to, std::vector<json::object> all) {
    if (query_value(to.http.query, "order") != "asc") std::reverse(all.begin(), all.end());
    if (const auto after = query_value(to.http.query, "after")) {
        const auto is_it = [&](const json::object& o) { return id_of(o) == *after; };
        const auto there = std::find_if(all.begin(), all.end(), is_it);
        if (there != all.end()) all.erase(all.begin(), there + 1);
    }
    std::size_t limit = usual_page;
    if (const auto text = query_value(to.http.query, "limit")) {
        std::from_chars(text->data(), text->data() + text->size(), limit);
    }
    json::object page;
    json::array data;
    for (auto& o : all) {
        if (data.size() < limit) data.push_back(std::move(o));
    }
    page["object"] = "list";
    page["first_id"] = data.empty() ? json::value() : json::value(id_of(data.front().get_object()));
    page["last_id"] = data.empty() ? json::value() : json::value(id_of(data.back().get_object()));
    page["has_more"] = all.size() > data.size();
    page["data"] = std::move(data);
    answer_json(made, page);
}

void answer_deleted(answer& made, std::string_view id, std::string_view object) {
    json::object out;
    out["id"] = id;
    out["object"] = object;
    out["deleted"] = true;
    answer_json(made, out);
}

}  // namespace ferry::bench
