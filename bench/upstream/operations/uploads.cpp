#include <boost/json.hpp>

#include "upstream/operations/objects.hpp"
#include "upstream/operations/operations.hpp"

namespace ferry::bench {
namespace {

namespace json = boost::json;

constexpr std::size_t most_kept = std::size_t(1) << 20;  // of a file that is put together
constexpr std::int64_t hour = 3600;

void answer_no_upload(answer& made, std::string_view id) {
    answer_error(made, 404, "No such Upload object: " + std::string(id), "upload_id");
}

// The upload asked for, if it still takes parts; else null, and an answer that says why.
object_store::found open_upload(answer& made, const answer_request& to) {
    const auto upload = find_object(to, "upload", to.asked.id);
    if (!upload) {
        answer_no_upload(made, to.asked.id);
        return nullptr;
    }
    const auto& status = upload->shown.at("status").as_string();
    if (status == "pending") return upload;
    answer_error(made, 400, "The upload is " + std::string(status) + ".", "upload_id");
    return nullptr;
}

object_store::found with_status(const answer_request& to, std::string_view status, json::value file) {
    return to.objects.change(credential_of(to), "upload", to.asked.id, [&](stored_object& o) {
        o.shown["status"] = status;
        o.shown["file"] = std::move(file);
    });
}

// The parts in the order in which the request names them; false if one of them is unknown.
bool put_together(const answer_request& to, const json::array& ids, std::uint64_t& bytes, std::string& content) {
    bool is_kept = true;
    for (const auto& id : ids) {
        const auto part = id.is_string() ? find_object(to, "upload.part", id.get_string()) : nullptr;
        if (!part || part->parent != to.asked.id) return false;
        bytes += part->bytes;
        is_kept = is_kept && part->content && bytes <= most_kept;
        if (is_kept) content += *part->content;
    }
    if (!is_kept) content.clear();
    return true;
}

}  // namespace

void create_upload(answer& made, const answer_request& to) {
    for (const char* name : {"bytes", "filename", "mime_type", "purpose"}) {
        if (text_of(to, name).empty()) {
            return answer_error(made, 400, "'" + std::string(name) + "' is a required property", name);
        }
    }
    count_nothing(made, to);
    stored_object upload;
    upload.kind = "upload";
    upload.id = made.tokens.named("upload_");
    upload.shown["id"] = upload.id;
    upload.shown["object"] = "upload";
    repeat_members(to, {"bytes", "mime_type"}, upload.shown);
    upload.shown["filename"] = text_of(to, "filename");
    upload.shown["purpose"] = text_of(to, "purpose");
    upload.shown["created_at"] = made.tokens.created;
    upload.shown["expires_at"] = made.tokens.created + hour;
    upload.shown["status"] = made.what->object_status.empty() ? "pending" : made.what->object_status;
    upload.shown["file"] = nullptr;
    answer_json(made, upload.shown);
    keep_object(made, to, std::move(upload));
}

void create_upload_part(answer& made, const answer_request& to) {
    const auto upload = open_upload(made, to);
    if (!upload) return;
    if (!is_form(made, to)) return;
    const auto* data = to.parts->find("data");
    if (!data) return answer_error(made, 400, "'data' is a required property", "data");
    count_nothing(made, to);
    stored_object part;
    part.kind = "upload.part";
    part.id = made.tokens.named("part_");
    part.parent = upload->id;
    part.bytes = data->bytes;
    part.sha256 = data->sha256;
    if (data->is_kept) part.content = std::make_shared<const std::string>(data->content);
    part.shown["id"] = part.id;
    part.shown["object"] = "upload.part";
    part.shown["created_at"] = made.tokens.created;
    part.shown["upload_id"] = upload->id;
    made.units = static_cast<double>(data->bytes);
    answer_json(made, part.shown);
    keep_object(made, to, std::move(part));
}

void complete_upload(answer& made, const answer_request& to) {
    const auto upload = open_upload(made, to);
    if (!upload) return;
    const auto* ids = body_object(to).if_contains("part_ids");
    if (!ids || !ids->is_array()) return answer_error(made, 400, "'part_ids' is a required property", "part_ids");
    std::uint64_t bytes = 0;
    std::string content;
    if (!put_together(to, ids->get_array(), bytes, content)) {
        return answer_error(made, 404, "No such part of this upload.", "part_ids");
    }
    if (json::serialize(upload->shown.at("bytes")) != std::to_string(bytes)) {
        return answer_error(made, 400, "The parts have " + std::to_string(bytes) + " bytes, not as many as announced.",
                            "part_ids");
    }
    count_nothing(made, to);
    const auto text = [&](const char* name) { return upload->shown.at(name).as_string(); };
    auto file = file_object(made, text("purpose"), text("filename"), bytes);
    if (content.size() == bytes) file.content = std::make_shared<const std::string>(std::move(content));
    const auto done = with_status(to, "completed", file.shown);
    if (!done) return answer_no_upload(made, to.asked.id);
    answer_json(made, done->shown);
    keep_object(made, to, std::move(file));
    made.object_id = upload->id;
}

void cancel_upload(answer& made, const answer_request& to) {
    if (!open_upload(made, to)) return;
    const auto done = with_status(to, "cancelled", nullptr);
    if (!done) return answer_no_upload(made, to.asked.id);
    answer_json(made, done->shown);
}

}  // namespace ferry::bench
