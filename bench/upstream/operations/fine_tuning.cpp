#include <boost/json.hpp>

#include "upstream/operations/objects.hpp"
#include "upstream/operations/operations.hpp"

namespace ferry::bench {
namespace {

namespace json = boost::json;

constexpr std::string_view kind = "fine_tuning.job";

void answer_no_job(answer& made, std::string_view id) {
    answer_error(made, 404, "Could not find fine tune: " + std::string(id), "fine_tune_id", "fine_tune_not_found");
}

json::object event(const stored_object& job, std::size_t number, std::string_view message) {
    json::object out;
    out["object"] = "fine_tuning.job.event";
    out["id"] = "ftevent-" + job.id.substr(job.id.find('-') + 1) + "_" + std::to_string(number);
    out["created_at"] = job.shown.at("created_at");
    out["level"] = "info";
    out["message"] = message;
    out["data"] = nullptr;
    out["type"] = "message";
    return out;
}

void finish(json::object& job, std::int64_t now) {
    job["finished_at"] = now;
    if (job.at("status").as_string() != "succeeded") return;
    job["trained_tokens"] = 1000;
    job["fine_tuned_model"] = "ft:" + std::string(job.at("model").as_string()) + ":mock::1";
}

}  // namespace

void create_job(answer& made, const answer_request& to) {
    for (const char* name : {"model", "training_file"}) {
        if (text_of(to, name).empty()) {
            return answer_error(made, 400, "'" + std::string(name) + "' is a required property", name);
        }
    }
    const auto file = text_of(to, "training_file");
    if (!find_object(to, "file", file)) return answer_no_file(made, file, "training_file");
    count_nothing(made, to);
    stored_object job;
    job.kind = kind;
    job.id = made.tokens.named("ftjob-");
    auto& shown = job.shown;
    shown["id"] = job.id;
    shown["object"] = kind;
    shown["model"] = text_of(to, "model");
    repeat_members(to, {"training_file", "validation_file", "metadata", "method", "seed"}, shown);
    for (const char* name : {"finished_at", "fine_tuned_model", "trained_tokens", "error", "estimated_finish"}) {
        shown[name] = nullptr;
    }
    shown["created_at"] = made.tokens.created;
    shown["organization_id"] = "org-mock";
    shown["result_files"] = json::array();
    shown["integrations"] = json::array();
    shown["hyperparameters"] = json::object{{"n_epochs", "auto"}};
    shown["status"] = made.what->object_status.empty() ? "validating_files" : made.what->object_status;
    answer_json(made, shown);
    keep_object(made, to, std::move(job));
}

void list_jobs(answer& made, const answer_request& to) {
    std::vector<json::object> shown;
    for (const auto& job : to.objects.list(credential_of(to), kind)) shown.push_back(job->shown);
    answer_page(made, to, std::move(shown));
}

// It goes on by a state each time it is asked for.
void serve_job(answer& made, const answer_request& to) {
    count_nothing(made, to);
    const auto now = to.objects.change(credential_of(to), kind, to.asked.id, [&](stored_object& o) {
        o.shown["status"] = next_status(*made.what, o.shown, {"validating_files", "running", "succeeded"});
        const auto& status = o.shown.at("status").as_string();
        if (status == "succeeded" || status == "failed") finish(o.shown, made.tokens.created);
    });
    if (!now) return answer_no_job(made, to.asked.id);
    answer_json(made, now->shown);
}

void cancel_job(answer& made, const answer_request& to) {
    count_nothing(made, to);
    const auto now = to.objects.change(credential_of(to), kind, to.asked.id, [&](stored_object& o) {
        o.shown["status"] = "cancelled";
        finish(o.shown, made.tokens.created);
    });
    if (!now) return answer_no_job(made, to.asked.id);
    answer_json(made, now->shown);
}

void list_job_events(answer& made, const answer_request& to) {
    const auto job = find_object(to, kind, to.asked.id);
    if (!job) return answer_no_job(made, to.asked.id);
    const std::string status(job->shown.at("status").as_string());
    std::vector<json::object> events;
    events.push_back(event(*job, 1, "Created fine-tuning job: " + job->id));
    events.push_back(event(*job, 2, "The job is " + status));
    answer_page(made, to, std::move(events));
}

}  // namespace ferry::bench
