#include "relay/books/failure_log.hpp"

#include "base/log.hpp"
#include "base/log_pace.hpp"
#include "openai/fault_map.hpp"

namespace ferry::relay {
namespace {

constexpr int most_lines_a_second = 20;  // of each core

}  // namespace

void tell_operator(const request& x, const fault& why) {
    if (why.for_operator.empty()) return;
    thread_local log_pace pace(most_lines_a_second);
    const auto left_out = pace.take(steady::now());
    if (!left_out) return;
    std::string where;
    if (x.answered_by != nullptr) {
        where = fmt::format(", try {}, row {} of '{}' at {}", x.tries, x.answered_by->id, x.answered_by->model_name,
                            x.answered_by->where.host_header);
    }
    const auto others = *left_out == 0 ? std::string() : fmt::format(" ({} such lines were left out)", *left_out);
    log_warn("Request {}{}: {}: {}{}", x.id_text(), where, openai::code_text(why), why.full_text(), others);
}

}  // namespace ferry::relay
