#include "upstream/reading.hpp"

#include "upstream/operations/operations.hpp"

namespace ferry::bench {
namespace {

constexpr std::string_view deployments = "/deployments/";

std::unique_ptr<form> form_of(const request& r) {
    const auto boundary = multipart_boundary(r.header("content-type"));
    if (!boundary) return nullptr;
    auto made = std::make_unique<form>(*boundary);
    made->feed(r.body);
    made->finish();
    return made;
}

const form* finished(form* parts) {
    if (parts) parts->finish();
    return parts;
}

// Where a deployment stands in the path, the body need not name a model.
std::string_view deployment_of(std::string_view path) {
    const auto at = path.find(deployments);
    if (at == std::string_view::npos) return {};
    path.remove_prefix(at + deployments.size());
    return path.substr(0, path.find('/'));
}

}  // namespace

reading::reading(const request& r, const operation& asked, large_body* large)
    : is_chat(asked.row && asked.row->serve == serve_chat),
      own_form(is_chat || large ? nullptr : form_of(r)),
      parts(large ? finished(large->parts()) : own_form.get()),
      facts(parts ? request_facts(*parts) : request_facts(r.body)) {
    if (facts.model.empty()) facts.model = deployment_of(r.path);
    if (is_chat) return;
    if (r.body_size == 0) facts.nonce = last_nonce(r.target);
    if (parts) {
        prompt.emplace(std::string(parts->text()));
    } else {
        prompt.emplace(r.body, false);
    }
}

}  // namespace ferry::bench
