#include <boost/json.hpp>

#include "upstream/operations/objects.hpp"
#include "upstream/operations/operations.hpp"

namespace ferry::bench {
namespace {

namespace json = boost::json;

constexpr std::string_view kind = "vector_store";
constexpr std::string_view file_kind = "vector_store.file";

void answer_no_store(answer& made, std::string_view id) {
    answer_error(made, 404, "Vector store with id '" + std::string(id) + "' not found.");
}

// A file of a store. The store's id is part of the key, for a file may be in several.
stored_object store_file(const answer& made, std::string_view store, const stored_object& file) {
    stored_object out;
    out.kind = file_kind;
    out.id = std::string(store) + "/" + file.id;
    out.parent = store;
    out.bytes = file.bytes;
    out.shown["id"] = file.id;
    out.shown["object"] = file_kind;
    out.shown["usage_bytes"] = file.bytes;
    out.shown["created_at"] = made.tokens.created;
    out.shown["vector_store_id"] = store;
    out.shown["status"] = made.what->object_status.empty() ? "completed" : made.what->object_status;
    out.shown["last_error"] = nullptr;
    return out;
}

// The store as it is shown, with what its files come to.
json::object shown_with_files(const answer_request& to, const stored_object& store) {
    json::object counts, shown = store.shown;
    std::uint64_t bytes = 0;
    const auto files = to.objects.list(credential_of(to), file_kind, store.id);
    for (const auto& file : files) bytes += file->bytes;
    for (const char* name : {"in_progress", "failed", "cancelled"}) counts[name] = 0;
    counts["completed"] = files.size();
    counts["total"] = files.size();
    shown["file_counts"] = std::move(counts);
    shown["usage_bytes"] = bytes;
    return shown;
}

// The files that a new store is to have; false, and an answer that says why, if one is unknown.
bool files_named(answer& made, const answer_request& to, std::vector<object_store::found>& files) {
    const auto* ids = body_object(to).if_contains("file_ids");
    for (const auto& id : ids && ids->is_array() ? ids->get_array() : json::array()) {
        const auto file = id.is_string() ? find_object(to, "file", id.get_string()) : nullptr;
        if (!file) {
            answer_no_file(made, id.is_string() ? std::string(id.get_string()) : json::serialize(id), "file_ids");
            return false;
        }
        files.push_back(file);
    }
    return true;
}

}  // namespace

void create_vector_store(answer& made, const answer_request& to) {
    std::vector<object_store::found> files;
    if (!files_named(made, to, files)) return;
    count_nothing(made, to);
    stored_object store;
    store.kind = kind;
    store.id = made.tokens.named("vs_");
    store.shown["id"] = store.id;
    store.shown["object"] = kind;
    store.shown["created_at"] = store.shown["last_active_at"] = made.tokens.created;
    repeat_members(to, {"name", "metadata", "expires_after"}, store.shown);
    store.shown["expires_at"] = nullptr;
    store.shown["status"] = made.what->object_status.empty() ? "completed" : made.what->object_status;
    for (const auto& file : files) to.objects.put(credential_of(to), store_file(made, store.id, *file));
    answer_json(made, shown_with_files(to, store));
    keep_object(made, to, std::move(store));
}

void list_vector_stores(answer& made, const answer_request& to) {
    std::vector<json::object> shown;
    for (const auto& store : to.objects.list(credential_of(to), kind)) shown.push_back(shown_with_files(to, *store));
    answer_page(made, to, std::move(shown));
}

void serve_vector_store(answer& made, const answer_request& to) {
    const auto store = find_object(to, kind, to.asked.id);
    if (!store) return answer_no_store(made, to.asked.id);
    answer_json(made, shown_with_files(to, *store));
}

void delete_vector_store(answer& made, const answer_request& to) {
    if (!to.objects.remove(credential_of(to), kind, to.asked.id)) return answer_no_store(made, to.asked.id);
    for (const auto& file : to.objects.list(credential_of(to), file_kind, to.asked.id)) {
        to.objects.remove(credential_of(to), file_kind, file->id);
    }
    answer_deleted(made, to.asked.id, "vector_store.deleted");
}

void create_vector_store_file(answer& made, const answer_request& to) {
    if (!find_object(to, kind, to.asked.id)) return answer_no_store(made, to.asked.id);
    const auto id = text_of(to, "file_id");
    const auto file = find_object(to, "file", id);
    if (!file) return answer_no_file(made, id, "file_id");
    count_nothing(made, to);
    auto added = store_file(made, to.asked.id, *file);
    answer_json(made, added.shown);
    to.objects.put(credential_of(to), std::move(added));
}

void list_vector_store_files(answer& made, const answer_request& to) {
    if (!find_object(to, kind, to.asked.id)) return answer_no_store(made, to.asked.id);
    std::vector<json::object> shown;
    for (const auto& file : to.objects.list(credential_of(to), file_kind, to.asked.id)) shown.push_back(file->shown);
    answer_page(made, to, std::move(shown));
}

}  // namespace ferry::bench
