#include "workload/workload.hpp"

#include <stdexcept>
#include <utility>

#include "workload/implementation.hpp"

namespace ferry::bench {

std::string_view path_of(asked_operation op) {
    switch (op) {
        case asked_operation::chat:
            return "/chat/completions";
        case asked_operation::completions:
            return "/completions";
        case asked_operation::embeddings:
            return "/embeddings";
        case asked_operation::responses:
            break;
    }
    return "/responses";
}

workload::workload(workload_options options) : made_(std::make_unique<implementation>(std::move(options))) {}
workload::~workload() = default;

std::optional<planned_request> workload::next() {
    return made_->next();
}

void workload::answered(std::uint32_t session, std::string_view assistant_text) {
    made_->answered(session, assistant_text);
}

planned_request workload::next_of(std::uint32_t session) {
    return made_->next_of(session);
}

void workload::abandoned(std::uint32_t session) {
    made_->abandoned(session);
}

double workload::mean_input_tokens() const {
    return made_->mean_input;
}

double workload::mean_output_tokens() const {
    return made_->mean_output;
}

const workload_options& workload::options() const {
    return made_->options;
}

}  // namespace ferry::bench
