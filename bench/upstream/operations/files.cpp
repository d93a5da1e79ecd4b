#include <boost/json.hpp>

#include "http/query.hpp"
#include "upstream/operations/objects.hpp"
#include "upstream/operations/operations.hpp"
#include "upstream/random.hpp"

namespace ferry::bench {
namespace {

namespace json = boost::json;

std::int64_t expiry_of(const answer_request& to) {
    return number_of(to, "expires_after[seconds]", 0);
}

}  // namespace

void create_file(answer& made, const answer_request& to) {
    if (!is_form(made, to)) return;
    const auto* given = to.parts->file("file");
    if (!given) return answer_error(made, 400, "'file' is a required property", "file");
    const auto purpose = text_of(to, "purpose");
    if (purpose.empty()) return answer_error(made, 400, "'purpose' is a required property", "purpose");
    count_nothing(made, to);
    auto file = file_object(made, purpose, *given->file_name, given->bytes);
    file.sha256 = given->sha256;
    if (given->is_kept) file.content = std::make_shared<const std::string>(given->content);
    if (expiry_of(to) > 0) file.shown["expires_at"] = made.tokens.created + expiry_of(to);
    made.units = static_cast<double>(given->bytes);
    answer_json(made, file.shown);
    keep_object(made, to, std::move(file));
}

void list_files(answer& made, const answer_request& to) {
    const auto purpose = query_value(to.http.query, "purpose");
    std::vector<json::object> shown;
    for (const auto& file : to.objects.list(credential_of(to), "file")) {
        if (!purpose || file->shown.at("purpose").as_string() == *purpose) shown.push_back(file->shown);
    }
    answer_page(made, to, std::move(shown));
}

void serve_file(answer& made, const answer_request& to) {
    const auto file = find_object(to, "file", to.asked.id);
    if (!file) return answer_no_file(made, to.asked.id, "id");
    answer_json(made, file->shown);
}

void delete_file(answer& made, const answer_request& to) {
    if (!to.objects.remove(credential_of(to), "file", to.asked.id)) return answer_no_file(made, to.asked.id, "id");
    answer_deleted(made, to.asked.id, "file");
}

// What was not kept is as many random bytes, the same ones each time.
void serve_file_content(answer& made, const answer_request& to) {
    const auto file = find_object(to, "file", to.asked.id);
    if (!file) return answer_no_file(made, to.asked.id, "id");
    made.content_type = "application/octet-stream";
    if (file->content && made.what->bytes < 0) {
        made.body = std::make_unique<fixed_body>(*file->content);
        made.is_hashed = true;
    } else {
        answer_bytes(made, mixed(to.seed + hashed(file->id)), static_cast<std::int64_t>(file->bytes));
    }
    made.units = static_cast<double>(made.body->size());
}

}  // namespace ferry::bench
